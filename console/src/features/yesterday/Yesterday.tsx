/** Hier: what happened, where, when; analyses with their limits. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Analyses } from "@/features/yesterday/Analyses";
import { Overview } from "@/features/yesterday/Overview";
import { countFilters } from "@/lib/urlState";
import { FactPanel, NEAR_RADIUS_M } from "@/parts/FactPanel";
import { FilterPanel } from "@/parts/FilterPanel";
import { MapNotice } from "@/parts/MapNotice";
import { WhyDays } from "@/parts/WhyDays";
import { Stage } from "@/parts/Stage";
import { TimeBar } from "@/parts/time/TimeBar";
import { useFilters, usePeriod } from "@/parts/useScope";
import { useFactsOnMap } from "@/parts/useFactsOnMap";
import { usePicks } from "@/parts/usePicks";
import { useShownAnswer } from "@/state/answerMap";
import { useMay } from "@/state/city";
import { useMapContent } from "@/state/mapStage";
import { setExtra, updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";

const NARROW = 720;

export default function Yesterday() {
  const { t } = useTranslation();
  const { panel, selection, extra } = useUrl();
  const filters = useFilters();
  const range = usePeriod();
  const mayRun = useMay("run_analyses");
  const facts = useFactsOnMap(range, NEAR_RADIUS_M);
  const answered = useShownAnswer() !== null;
  // The answer stands in the place of the counts: two fills over each other say neither.
  useMapContent(useMemo(() => (answered ? { ...facts.content, answer: null } : facts.content), [facts.content, answered]));
  usePicks();
  const shown = panel ?? (window.innerWidth <= NARROW ? "none" : "past");
  const tabs = [
    { id: "overview", title: t("yesterday.overview"), content: <Overview /> },
    ...(mayRun ? [{ id: "analyses", title: t("yesterday.analyses"), content: <Analyses /> }] : []),
  ];
  const tab = tabs.find((one) => one.id === extra["tab"])?.id ?? "overview";
  return (
    <Stage
      left={
        shown === "filters" ? <FilterPanel onClose={() => { updateUrl({ panel: null }); }} />
          : shown === "past" ? (
            <Panel title={t("yesterday.title")} size="wide" onClose={() => { updateUrl({ panel: "none" }); }} head={<WhyDays />}>
              <Tabs label={t("yesterday.title")} tabs={tabs} selected={tab} onSelect={(id) => { setExtra({ tab: id === "overview" ? null : id }, "replace"); }} />
            </Panel>
          ) : undefined
      }
      right={selection?.type === "fact" ? <FactPanel key={selection.id} id={selection.id} /> : undefined}
      toolbar={
        <>
          {shown !== "past" && <Button onPress={() => { updateUrl({ panel: "past" }); }}><Icon name="chart" />{t("yesterday.title")}</Button>}
          {shown !== "filters" && <Button onPress={() => { updateUrl({ panel: "filters" }); }}><Icon name="filter" />{t("filter.open", { count: countFilters(filters) })}</Button>}
          <MapNotice map={facts.map} />
        </>
      }
      bottom={<TimeBar />}
    />
  );
}
