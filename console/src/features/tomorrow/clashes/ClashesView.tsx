/** Clashes: what does not go together, the gravest first; one of them on the map with its reasons. */
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useClash, useClashPage, type Clash, type ClashState } from "@/api/clashes";
import type { Alert, PlanRow } from "@/api/types";
import { ClashGroups } from "@/features/tomorrow/clashes/ClashGroups";
import { ClashPanel } from "@/features/tomorrow/clashes/ClashPanel";
import { LearntPairs } from "@/features/tomorrow/clashes/LearntPairs";
import { Rules } from "@/features/tomorrow/clashes/Rules";
import { geometryBox } from "@/lib/bbox";
import { addDays, dayStart, localDay, rfc3339 } from "@/lib/time";
import { PlanPanel } from "@/parts/PlanPanel";
import { Stage } from "@/parts/Stage";
import { useCityContext, useNow } from "@/state/city";
import { command, EMPTY_CONTENT, onPick, useMapContent, type MapContent } from "@/state/mapStage";
import { select, setExtra, updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

const DAYS = [7, 30, 90, 400] as const;
const STATES = ["open", "accepted", "solved", "all"] as const;
type Shown = (typeof STATES)[number];

/** Where a clash is marked: the middle of its place. */
function mark(clash: Clash): Alert | null {
  const box = geometryBox(clash.geometry);
  if (!box) return null;
  const { clash_id, severity, explanation, from, to, rule } = clash;
  return { alert_id: clash_id, severity, explanation, rule, at: from, until: to, lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2, numbers: {}, state: "raised" };
}

function useClashesOnMap(clashes: readonly Clash[], chosen: string | null): void {
  const one = useClash(chosen ?? "").data;
  const detail = chosen ? one : undefined;
  const content = useMemo<MapContent>(() => {
    if (!detail) return { ...EMPTY_CONTENT, alerts: clashes.map(mark).filter((each): each is Alert => each !== null) };
    const plans = detail.subjects.map((plan) => ({ ...plan, state: "declared", declared: true, lon: null, lat: null }) as unknown as PlanRow);
    const zone = detail.geometry ? { type: "Feature" as const, geometry: detail.geometry, properties: {} } : null;
    return { ...EMPTY_CONTENT, plans, zone, alerts: [mark(detail)].filter((each): each is Alert => each !== null), selectedId: detail.clash_id };
  }, [clashes, detail]);
  useMapContent(content);
  const key = detail?.clash_id;
  useEffect(() => {
    const box = geometryBox(detail?.geometry ?? detail?.subjects[0]?.geometry);
    if (box) command(box[2] - box[0] > 1e-5 ? { type: "fit", box } : { type: "fly", view: { lon: box[0], lat: box[1], zoom: 15.5 } });
    // only when another clash is opened: an answer that comes again moves nothing
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  useEffect(() => onPick((pick) => {
    if (pick.type === "alert") setExtra({ clash: pick.item.alert_id });
    else if (pick.type === "plan") select({ type: "plan", id: pick.item.plan_id });
  }), []);
}

function useQuestion() {
  const { city } = useCityContext();
  const { extra } = useUrl();
  const today = localDay(useNow(60_000), city.timezone);
  const days = DAYS.find((each) => String(each) === extra["days"]) ?? 30;
  const shown: Shown = STATES.find((each) => each === extra["state"]) ?? "open";
  const severity = ["2", "3", "4", "5"].includes(extra["severity"] ?? "") ? Number(extra["severity"]) : 1;
  const state: ClashState | "" = shown === "all" ? "" : shown;
  const at = (day: string): string => rfc3339(dayStart(day, city.timezone));
  return { question: { from: at(today), to: at(addDays(today, days)), state, severity }, days, shown };
}

export default function ClashesView() {
  const { t } = useTranslation();
  const { extra, panel, selection } = useUrl();
  const { question, days, shown } = useQuestion();
  const page = useClashPage(question);
  const chosen = extra["clash"] ?? null;
  const found = page.data;
  useClashesOnMap(found?.items ?? [], chosen);
  const list = (
    <Panel title={t("clashes.title", { count: found?.total ?? 0 })} size="wide" onClose={() => { updateUrl({ panel: "none" }); }}>
      <div className={styles["tools"]}>
        <Segmented
          label={t("clashes.stateOf")} value={shown}
          options={STATES.map((id) => ({ id, text: found && id !== "all" ? `${t(`clashes.state.${id}`)} ${String(found.states[id])}` : t(`clashes.state.${id}`) }))}
          onChange={(id) => { setExtra({ state: id === "open" ? null : id }, "replace"); }}
        />
        <Select
          label={t("clashes.severityFrom")} value={String(question.severity)}
          options={[1, 2, 3, 4, 5].map((n) => ({ id: String(n), text: t(`severity.${String(n)}`) }))}
          onChange={(id) => { setExtra({ severity: id === "1" ? null : id }, "replace"); }}
        />
        <Select
          label={t("clashes.ahead")} value={String(days)}
          options={DAYS.map((n) => ({ id: String(n), text: t("clashes.days", { count: n }) }))}
          onChange={(id) => { setExtra({ days: id === "30" ? null : id }, "replace"); }}
        />
      </div>
      {page.isPending && <Loading rows={8} />}
      {page.error && <ErrorNote error={page.error} retry={() => void page.refetch()} />}
      {found?.items.length === 0 && <Empty title={t("clashes.none")} next={t("clashes.noneNext")} />}
      {found && <ClashGroups clashes={found.items} chosen={chosen} />}
      <LearntPairs />
      <Rules counts={found?.rules ?? {}} />
    </Panel>
  );
  const right = selection?.type === "plan"
    ? <PlanPanel key={selection.id} id={selection.id} />
    : chosen ? <ClashPanel key={chosen} id={chosen} /> : undefined;
  return (
    <Stage
      left={panel === "none" ? undefined : list}
      right={right}
      toolbar={panel === "none" ? <Button onPress={() => { updateUrl({ panel: null }); }}><Icon name="list" />{t("clashes.open")}</Button> : undefined}
    />
  );
}
