/** One screen for what is going on here: reports, plans, cameras, means, and what is not known. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSituation, type Situation, type Subject } from "@/api/situation";
import { Act } from "@/features/today/act/Act";
import { AlertsAround, CamerasAround, MeansAround, PlansAround } from "@/features/today/situation/Around";
import { HOURS, RADII, USUAL_HOURS, useReach } from "@/features/today/situation/reach";
import { openSituation } from "@/state/situation";
import { Timeline } from "@/features/today/situation/Timeline";
import { metresText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useMay, useNow, useWords } from "@/state/city";
import { command } from "@/state/mapStage";
import { setExtra, useUrl } from "@/state/url";
import { Checkbox, Select } from "@/ui/Fields";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";
import styles from "@/features/today/situation/Situation.module.css";

function Tools() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { radius, hours } = useReach();
  const { extra } = useUrl();
  return (
    <div className={styles["tools"]}>
      <Select
        label={t("situation.radius")} value={radius === null ? "auto" : String(radius)}
        options={[{ id: "auto", text: t("situation.auto") }, ...RADII.map((one) => ({ id: String(one), text: metresText(one, language) }))]}
        onChange={(id) => { setExtra({ srad: id === "auto" ? null : id }, "replace"); }}
      />
      <Select
        label={t("situation.before")} value={String(hours)}
        options={HOURS.map((one) => ({ id: String(one), text: t("situation.hours", { count: one }) }))}
        onChange={(id) => { setExtra({ sback: id === String(USUAL_HOURS) ? null : id }, "replace"); }}
      />
      <Checkbox isSelected={extra["sways"] !== "0"} onChange={(on) => { setExtra({ sways: on ? null : "0" }, "replace"); }}>{t("situation.ways")}</Checkbox>
    </div>
  );
}

function Notices({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const words = useWords();
  const silent = found.sources.filter((source) => source.stale);
  return (
    <>
      {silent.length > 0 && <p className={styles["notice"]} role="status">{t("situation.stale", { sources: silent.map((one) => words(one.title)).join(", ") })}</p>}
      {found.left_out.length > 0 && <p className={styles["notice"]}>{t("situation.leftOut", { what: found.left_out.map((name) => t(`situation.dataset.${name}`)).join(", ") })}</p>}
      {found.truncated && <p className={styles["notice"]}>{t("situation.truncated")}</p>}
    </>
  );
}

function Body({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const { extra } = useUrl();
  const mayAct = useMay("read_shift");
  const key = extra["situation"] ?? "";
  const { lon, lat } = found;
  useEffect(() => {
    command({ type: "fly", view: { lon, lat, zoom: 15 } });
  }, [lon, lat]);
  const tabs = [
    { id: "timeline", title: t("situation.timeline", { count: found.facts.length }), content: <Timeline found={found} /> },
    { id: "who", title: t("situation.who"), content: <><MeansAround found={found} /><CamerasAround found={found} /></> },
    { id: "planned", title: t("situation.planned", { count: found.plans.length + found.streets_closed.length }), content: <PlansAround found={found} /> },
    ...(mayAct && key ? [{ id: "act", title: t("act.tab"), content: <Act situation={key} /> }] : []),
  ];
  const at = (text: string): string => instantText(parseInstant(text) ?? now, language, city.timezone, now);
  return (
    <>
      <p className={styles["part"]}>{t("situation.around", { radius: metresText(found.radius_m, language), from: at(found.from), to: at(found.to) })}</p>
      <Notices found={found} />
      <AlertsAround found={found} />
      <Tabs
        label={t("situation.title")} selected={tabs.find((tab) => tab.id === extra["stab"])?.id ?? "timeline"} tabs={tabs}
        onSelect={(id) => { setExtra({ stab: id === "timeline" ? null : id }, "replace"); }}
      />
    </>
  );
}

export function SituationPanel({ subject }: { subject: Subject }) {
  const { t } = useTranslation();
  const { radius, hours } = useReach();
  const found = useSituation(subject, { radius, before: hours * 60 });
  return (
    <Panel title={t("situation.title")} side="right" onClose={() => { openSituation(null); }} head={<Tools />} takeFocus>
      {found.isPending && <Loading />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Body found={found.data} />}
    </Panel>
  );
}

/** What is shown where the address says a situation that cannot be read. */
export function UnknownSituation() {
  const { t } = useTranslation();
  return (
    <Panel title={t("situation.title")} side="right" onClose={() => { openSituation(null); }} takeFocus>
      <Empty title={t("situation.unknown")} next={t("situation.unknownNext")} />
    </Panel>
  );
}
