/** The agenda as calendar, list and map: each day's note and what makes it, plans, clashes, and how past notes did. */
import { useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNoteDays, type NoteDay } from "@/api/agenda";
import type { PlanRow } from "@/api/types";
import { Calendar } from "@/features/tomorrow/agenda/Calendar";
import { DayList } from "@/features/tomorrow/agenda/DayList";
import { DayStrip } from "@/features/tomorrow/agenda/DayStrip";
import { Filters } from "@/features/tomorrow/agenda/Filters";
import { Makes } from "@/features/tomorrow/agenda/Makes";
import { PlanForm } from "@/features/tomorrow/agenda/PlanForm";
import { Record } from "@/features/tomorrow/agenda/Record";
import { Subscribe } from "@/features/tomorrow/agenda/Subscribe";
import { icsAddress, useListed } from "@/features/tomorrow/agenda/useListed";
import { addDays, dayStart, localDay, rfc3339 } from "@/lib/time";
import { PlanPanel } from "@/parts/PlanPanel";
import { Stage } from "@/parts/Stage";
import { usePicks } from "@/parts/usePicks";
import { useCityContext, useMay, useNow } from "@/state/city";
import { EMPTY_CONTENT, useMapContent, type MapContent } from "@/state/mapStage";
import { setExtra, updateUrl, useUrl } from "@/state/url";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/tomorrow/agenda/Agenda.module.css";

const MODES = ["calendar", "list", "map", "record"] as const;
type Mode = (typeof MODES)[number];
const WEEK = 7;
const FIRST_DAYS = 2;
const NONE: NoteDay[] = [];

function unique(days: readonly NoteDay[], chosen: string | null): PlanRow[] {
  const found = new Map<string, PlanRow>();
  for (const day of days) if (!chosen || day.day === chosen) for (const plan of day.items) found.set(plan.plan_id, plan);
  return [...found.values()];
}

/** What the map shows: the plans of the day chosen, or of all days; the one selected has a ring. */
function usePlansOnMap(plans: PlanRow[]): void {
  const { selection } = useUrl();
  const content = useMemo<MapContent>(() => {
    const selected = plans.find((plan) => plan.plan_id === selection?.id);
    return {
      ...EMPTY_CONTENT,
      plans,
      selectedId: selection?.id ?? null,
      spot: selected && selected.lon !== null && selected.lat !== null ? { lon: selected.lon, lat: selected.lat, accuracyM: selected.accuracy_m } : null,
    };
  }, [plans, selection]);
  useMapContent(content);
  usePicks();
}

function Acts({ days }: { days: number }) {
  const { t } = useTranslation();
  const { listed } = useListed();
  const mayEnter = useMay("enter_plans");
  const { account } = useCityContext();
  const open = (form: string): void => { updateUrl((state) => ({ selection: null, extra: { ...state.extra, form } })); };
  return (
    <p className={styles["acts"]}>
      {mayEnter && account.role !== "operator" && <Button onPress={() => { open("new"); }}><Icon name="plus" size={16} />{t("agenda.declare")}</Button>}
      {mayEnter && <Button onPress={() => { open("wild"); }}><Icon name="warning" size={16} />{t("agenda.report")}</Button>}
      <a className={styles["ics"]} href={icsAddress(listed, days)} download><Icon name="download" size={16} />{t("agenda.ics")}</a>
      <Subscribe days={days} />
    </p>
  );
}

function Shown({ mode, from, days, all, chosen, today }: { mode: Mode; from: string; days: number; all: readonly NoteDay[]; chosen: string | null; today: string }) {
  const { t } = useTranslation();
  const { filtered } = useListed();
  const shown = all.filter((day) => day.items.length > 0 && (!chosen || day.day === chosen));
  const one = all.find((day) => day.day === chosen);
  // The calendar is what one came for: under it the next day alone until one is chosen; the list grows after the first days.
  const whole = useDeferredValue(shown, NONE);
  const listed = mode === "calendar" ? shown.slice(0, 1) : whole.length > 0 ? whole : shown.slice(0, FIRST_DAYS);
  return (
    <>
      {mode === "calendar" && <Calendar from={from} days={days} agenda={all} chosen={chosen} today={today} onChoose={(day) => { setExtra({ day: day === chosen ? null : day }); }} />}
      {one && <Makes day={one} />}
      {shown.length === 0 && <Empty title={t(filtered ? "agenda.nothingListed" : "tomorrow.nothing")} next={t(filtered ? "agenda.nothingListedNext" : "tomorrow.nothingNext")} />}
      <DayList days={listed} chosen={chosen} />
    </>
  );
}

export default function Agenda() {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const today = localDay(now, city.timezone);
  const { extra, selection, panel } = useUrl();
  const { listed, days } = useListed();
  const from = extra["start"] ?? today;
  const mode = MODES.find((one) => one === extra["mode"]) ?? "calendar";
  const agenda = useNoteDays(rfc3339(dayStart(from, city.timezone)), days, listed);
  const chosen = extra["day"] ?? null;
  const form = extra["form"] ?? null;
  const plans = useMemo(() => unique(agenda.data ?? [], chosen), [agenda.data, chosen]);
  const services = useMemo(() => [...new Set(unique(agenda.data ?? [], null).map((plan) => plan.source))], [agenda.data]);
  usePlansOnMap(plans);

  const modes = (
    <Segmented
      label={t("agenda.mode")} value={mode} options={MODES.map((id) => ({ id, text: t(`agenda.modes.${id}`) }))}
      onChange={(id) => { updateUrl((state) => ({ panel: null, extra: Object.fromEntries(Object.entries({ ...state.extra, mode: id }).filter(([key, value]) => key !== "mode" || value !== "calendar")) })); }}
    />
  );
  const list = (
    <Panel
      title={t("tomorrow.title", { count: days })}
      size="wide"
      onClose={() => { updateUrl({ panel: "none" }); }}
      head={<div className={styles["head"]}>{modes}<Acts days={days} /></div>}
      actions={
        <>
          <IconButton icon="chevronLeft" label={t("tomorrow.earlier")} onPress={() => { setExtra({ start: addDays(from, -WEEK), day: null }); }} />
          {from !== today && <Button look="quiet" onPress={() => { setExtra({ start: null, day: null }); }}>{t("tomorrow.today")}</Button>}
          <IconButton icon="chevronRight" label={t("tomorrow.later")} onPress={() => { setExtra({ start: addDays(from, WEEK), day: null }); }} />
        </>
      }
    >
      {mode === "record" ? <Record /> : (
        <>
          <Filters from={from} services={services} />
          {agenda.isPending && <Loading rows={10} />}
          {agenda.error && <ErrorNote error={agenda.error} retry={() => void agenda.refetch()} />}
          {agenda.data && <Shown mode={mode} from={from} days={days} all={agenda.data} chosen={chosen} today={today} />}
        </>
      )}
    </Panel>
  );
  const onMap = mode === "map";
  const one = agenda.data?.find((day) => day.day === chosen);
  const beside = onMap && one && <Panel title={t("agenda.makes")} onClose={() => { setExtra({ day: null }); }}><Makes day={one} /></Panel>;
  const right = form ? <PlanForm key={form} form={form} /> : selection?.type === "plan" ? <PlanPanel key={selection.id} id={selection.id} /> : undefined;
  return (
    <Stage
      left={beside || (panel === "none" || onMap ? undefined : list)}
      right={right}
      bottom={onMap && agenda.data ? <DayStrip days={agenda.data} chosen={chosen} onChoose={(day) => { setExtra({ day: day === chosen ? null : day }); }} /> : undefined}
      toolbar={onMap ? modes : panel === "none" ? <Button onPress={() => { updateUrl({ panel: null }); }}><Icon name="calendar" />{t("tomorrow.open")}</Button> : undefined}
    />
  );
}
