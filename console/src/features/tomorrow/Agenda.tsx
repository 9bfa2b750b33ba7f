/** The agenda: what is planned in thirty days, where, for how many, and what clashes. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAgenda } from "@/api/queries";
import type { PlanRow } from "@/api/types";
import { addDays, dayStart, localDay, rfc3339 } from "@/lib/time";
import { Calendar } from "@/features/tomorrow/Calendar";
import { DayList } from "@/features/tomorrow/DayList";
import { PlanPanel } from "@/parts/PlanPanel";
import { Stage } from "@/parts/Stage";
import { usePicks } from "@/parts/usePicks";
import { useCityContext, useNow } from "@/state/city";
import { EMPTY_CONTENT, useMapContent, type MapContent } from "@/state/mapStage";
import { setExtra, updateUrl, useUrl } from "@/state/url";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";

const DAYS = 30;

export default function Agenda() {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const today = localDay(now, city.timezone);
  const { extra, selection, panel } = useUrl();
  const from = extra["start"] ?? today;
  const agenda = useAgenda(rfc3339(dayStart(from, city.timezone)), DAYS);
  const days = agenda.data;
  const chosen = extra["day"] ?? null;
  usePicks();

  const plans = useMemo(() => {
    const unique = new Map<string, PlanRow>();
    for (const day of days ?? []) if (!chosen || day.day === chosen) for (const plan of day.items) unique.set(plan.plan_id, plan);
    return [...unique.values()];
  }, [days, chosen]);
  const content = useMemo<MapContent>(() => {
    const selected = plans.find((plan) => plan.plan_id === selection?.id);
    return {
      ...EMPTY_CONTENT,
      plans,
      selectedId: selection?.id ?? null,
      spot: selected && selected.lon !== null && selected.lat !== null ? { lon: selected.lon, lat: selected.lat, accuracyM: null } : null,
    };
  }, [plans, selection]);
  useMapContent(content);

  const list = (
    <Panel
      title={t("tomorrow.title", { count: DAYS })}
      size="wide"
      onClose={() => { updateUrl({ panel: "none" }); }}
      actions={
        <>
          <IconButton icon="chevronLeft" label={t("tomorrow.earlier")} onPress={() => { setExtra({ start: addDays(from, -7), day: null }); }} />
          {from !== today && <Button look="quiet" onPress={() => { setExtra({ start: null, day: null }); }}>{t("tomorrow.today")}</Button>}
          <IconButton icon="chevronRight" label={t("tomorrow.later")} onPress={() => { setExtra({ start: addDays(from, 7), day: null }); }} />
        </>
      }
    >
      {agenda.isPending && <Loading rows={10} />}
      {agenda.error && <ErrorNote error={agenda.error} retry={() => void agenda.refetch()} />}
      {days && <Calendar from={from} days={DAYS} agenda={days} chosen={chosen} today={today} onChoose={(day) => { setExtra({ day: day === chosen ? null : day }); }} />}
      {days?.every((day) => day.plans === 0) && <Empty title={t("tomorrow.nothing")} next={t("tomorrow.nothingNext")} />}
      {days && <DayList days={days.filter((day) => day.plans > 0 && (!chosen || day.day === chosen))} chosen={chosen} />}
    </Panel>
  );
  return (
    <Stage
      left={panel === "none" ? undefined : list}
      right={selection?.type === "plan" ? <PlanPanel key={selection.id} id={selection.id} /> : undefined}
      toolbar={panel === "none" ? <Button onPress={() => { updateUrl({ panel: null }); }}><Icon name="calendar" />{t("tomorrow.open")}</Button> : undefined}
    />
  );
}
