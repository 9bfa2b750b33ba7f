/** Aujourd'hui: what is going on, what matters, who and what is near. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCrowding } from "@/api/crowding";
import { useAlerts, useMeans } from "@/api/queries";
import { countFilters } from "@/lib/urlState";
import { Shift } from "@/features/today/act/Shift";
import { AlertPanel } from "@/features/today/AlertPanel";
import { Alerts } from "@/features/today/Alerts";
import { Balance } from "@/features/today/Balance";
import { Crowds } from "@/features/today/Crowds";
import { Indicators } from "@/features/today/indicators/Indicators";
import { MessageList } from "@/features/today/informing/MessageList";
import { MessagePanel } from "@/features/today/informing/MessagePanel";
import { closureShapes, useClosed, useSectors, useWays } from "@/features/today/ground";
import { Freshness } from "@/features/today/Freshness";
import { KeysHelp } from "@/features/today/KeysHelp";
import { LiveList } from "@/features/today/LiveList";
import { MeansList } from "@/features/today/MeansList";
import { MeansPanel } from "@/features/today/MeansPanel";
import { SoundSwitch } from "@/features/today/SoundSwitch";
import { useKeys } from "@/features/today/useKeys";
import { useSituationSpot } from "@/features/today/situation/reach";
import { SituationPanel, UnknownSituation } from "@/features/today/situation/SituationPanel";
import { subjectOf } from "@/api/situation";
import { FactPanel, NEAR_RADIUS_M } from "@/parts/FactPanel";
import { FilterPanel } from "@/parts/FilterPanel";
import { MapNotice } from "@/parts/MapNotice";
import { PlanPanel } from "@/parts/PlanPanel";
import { Stage } from "@/parts/Stage";
import { TimeBar } from "@/parts/time/TimeBar";
import { useFilters, usePeriod } from "@/parts/useScope";
import { WhyDays } from "@/parts/WhyDays";
import { useFactsOnMap } from "@/parts/useFactsOnMap";
import { usePicks } from "@/parts/usePicks";
import { useMay } from "@/state/city";
import { useMapContent, type MapContent } from "@/state/mapStage";
import { setExtra, updateUrl, useUrl } from "@/state/url";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";

const NARROW = 720;

/** On a phone the map comes first; elsewhere the list stands beside it. */
function defaultPanel(): string {
  return window.innerWidth <= NARROW ? "none" : "live";
}

function LivePanel() {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const mayMeans = useMay("read_means");
  const mayFacts = useMay("read_facts");
  const mayShift = useMay("read_shift");
  const mayMessages = useMay("read_messages");
  const alerts = useAlerts(mayFacts);
  const open = (alerts.data ?? []).filter((alert) => alert.state === "raised").length;
  const tabs = [
    ...(mayFacts ? [{ id: "facts", title: t("today.facts"), content: <LiveList /> }] : []),
    ...(mayFacts ? [{ id: "alerts", title: t("today.alerts", { count: open }), content: <Alerts /> }] : []),
    ...(mayMeans ? [{ id: "means", title: t("today.means"), content: <MeansList /> }] : []),
    ...(mayShift ? [{ id: "shift", title: t("act.shiftTab"), content: <Shift /> }] : []),
    ...(mayMessages ? [{ id: "public", title: t("informing.tab"), content: <MessageList /> }] : []),
    ...(mayFacts ? [{ id: "crowds", title: t("crowds.tab"), content: <Crowds /> }] : []),
    { id: "balance", title: t("today.balance"), content: <Balance /> },
    { id: "indicators", title: t("indicators.tab"), content: <Indicators /> },
  ];
  const first = mayFacts ? "facts" : "balance";
  const tab = tabs.find((one) => one.id === extra["tab"])?.id ?? first;
  const title = t(mayFacts ? "today.title" : "today.balance");
  return (
    <Panel title={title} onClose={() => { updateUrl({ panel: "none" }); }} actions={<><SoundSwitch quiet />{mayFacts && <IconButton icon="keys" label={t("keys.title")} onPress={() => { setExtra({ keys: "1" }, "replace"); }} />}</>} head={<><Freshness /><WhyDays /></>}>
      <Tabs label={title} tabs={tabs} selected={tab} onSelect={(id) => { setExtra({ tab: id === first ? null : id }, "replace"); }} />
    </Panel>
  );
}

export default function Today() {
  const { t } = useTranslation();
  const { panel, selection, extra } = useUrl();
  const subject = subjectOf(extra["situation"]);
  const filters = useFilters();
  const range = usePeriod();
  const mayMeans = useMay("read_means");
  const facts = useFactsOnMap(range, NEAR_RADIUS_M);
  const means = useMeans(mayMeans);
  const mayFacts = useMay("read_facts");
  const mayMessages = useMay("read_messages");
  const alerts = useAlerts(mayFacts);
  usePicks();
  useKeys();
  const closed = useClosed(range.to);
  const crowds = useCrowding(mayFacts && extra["crowd"] === "1");
  const sectors = useSectors(selection ? null : subject);
  const ways = useWays(selection ? null : subject);
  const centre = useSituationSpot(selection ? null : subject);
  const [lon, lat, accuracyM, radiusM] = [centre?.spot.lon, centre?.spot.lat, centre?.spot.accuracyM ?? null, centre?.radiusM];

  const spotOf = selection?.type === "means"
    ? means.data?.find((row) => row.means_id === selection.id)
    : selection?.type === "alert" ? alerts.data?.find((row) => row.alert_id === selection.id) : undefined;
  const content = useMemo<MapContent>(() => ({
    ...facts.content,
    // Two meshes of cells would hide one another.
    answer: extra["crowd"] === "1" ? null : facts.content.answer,
    crowds: extra["crowd"] === "1" ? crowds.data?.items ?? [] : [],
    means: means.data ?? [],
    plans: closed.shown ? [...closed.plans] : [],
    eventFile: [...sectors, ...ways, ...(closed.shown ? closureShapes(closed.plans, closed.streets) : [])],
    alerts: (alerts.data ?? []).filter((alert) => alert.state === "raised"),
    spot: spotOf && spotOf.lon !== null && spotOf.lat !== null ? { lon: spotOf.lon, lat: spotOf.lat, accuracyM: "accuracy_m" in spotOf ? spotOf.accuracy_m : null }
      : lon !== undefined && lat !== undefined ? { lon, lat, accuracyM } : facts.content.spot,
    nearRadiusM: radiusM ?? facts.content.nearRadiusM,
  }), [facts.content, means.data, crowds.data, extra, closed.plans, closed.streets, closed.shown, sectors, ways, alerts.data, spotOf, lon, lat, accuracyM, radiusM]);
  useMapContent(content);

  const shown = panel ?? defaultPanel();
  const count = countFilters(filters);
  return (
    <>
    <Stage
      left={
        shown === "filters" ? <FilterPanel onClose={() => { updateUrl({ panel: null }); }} />
          : shown === "live" ? <LivePanel /> : undefined
      }
      right={
        selection?.type === "fact" ? <FactPanel key={selection.id} id={selection.id} />
          : selection?.type === "plan" ? <PlanPanel key={selection.id} id={selection.id} />
            : selection?.type === "means" ? <MeansPanel key={selection.id} id={selection.id} />
              : selection?.type === "alert" ? <AlertPanel key={selection.id} id={selection.id} />
                : extra["message"] && mayMessages ? <MessagePanel key={extra["message"]} id={extra["message"]} />
                : subject ? <SituationPanel key={extra["situation"]} subject={subject} /> : extra["situation"] ? <UnknownSituation /> : undefined
      }
      toolbar={
        <>
          {shown !== "live" && <Button onPress={() => { updateUrl({ panel: "live" }); }}><Icon name="list" />{t(mayFacts ? "today.title" : "today.balance")}</Button>}
          {shown !== "filters" && <Button onPress={() => { updateUrl({ panel: "filters" }); }}><Icon name="filter" />{t("filter.open", { count })}</Button>}
          {closed.allowed && closed.count > 0 && (
            <Button aria-pressed={closed.shown} aria-label={`${t("ground.closed", { count: closed.count })}. ${t(closed.shown ? "ground.hide" : "ground.show")}`} onPress={() => { setExtra({ closed: closed.shown ? null : "1" }, "replace"); }}>
              <Icon name={closed.shown ? "check" : "layers"} />{t("ground.closed", { count: closed.count })}
            </Button>
          )}
          {shown !== "live" && <SoundSwitch />}
          <MapNotice map={facts.map} />
        </>
      }
      bottom={<TimeBar />}
    />
    {extra["keys"] === "1" && <KeysHelp />}
    </>
  );
}
