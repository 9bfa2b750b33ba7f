/** Everything about one fact: what, when as the interval it is, where, from whom, and what is near. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFact, useNear } from "@/api/queries";
import type { FactDetail } from "@/api/types";
import { severityLevel } from "@/lib/colour";
import { decimalText, metresText } from "@/lib/numbers";
import { HOUR, instantText, intervalText, parseInstant } from "@/lib/time";
import { Details, type Detail } from "@/parts/Details";
import { NearList } from "@/parts/NearList";
import { SeverityMark } from "@/parts/SeverityMark";
import { useSourceTitle, useZoningTitle } from "@/parts/useTitles";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { command } from "@/state/mapStage";
import { openSituation } from "@/state/situation";
import { select } from "@/state/url";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/parts/FactPanel.module.css";

export const NEAR_RADIUS_M = 300;

function useFactDetails(): (fact: FactDetail) => { when: Detail[]; where: Detail[]; further: Detail[]; provenance: Detail[] } {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const zoningTitle = useZoningTitle();
  const sourceTitle = useSourceTitle();
  const zone = city.timezone;
  const instant = (text: string | null): string | null => {
    const ms = parseInstant(text);
    return ms === null ? null : instantText(ms, language, zone, now);
  };
  const word = (key: string, fallback: string): string => (i18n.exists(key) ? t(key) : fallback);
  return (fact) => {
    const from = parseInstant(fact.earliest_at) ?? 0;
    const to = parseInstant(fact.latest_at) ?? from;
    return {
      when: [
        { term: t("fact.happened"), value: intervalText(from, to, language, zone, now), note: to - from >= 60_000 ? t("fact.uncertain") : null },
        { term: t("fact.reported"), value: instant(fact.reported_at) },
      ],
      where: [
        { term: t("fact.position"), value: fact.lon === null || fact.lat === null ? t("fact.unplaced") : `${fact.lat.toFixed(5)}, ${fact.lon.toFixed(5)}` },
        { term: t("fact.accuracy"), value: fact.accuracy_m === null ? null : `± ${metresText(fact.accuracy_m, language)}`, note: t("fact.accuracyNote") },
        ...fact.zones.map((zoneRef) => ({ term: zoningTitle(zoneRef.zoning), value: zoneRef.label })),
      ],
      further: [
        { term: t("fact.basis"), value: word(`basis.${fact.basis}`, fact.basis) },
        { term: t("fact.discovered"), value: fact.discovered_by && word(`discovered.${fact.discovered_by}`, fact.discovered_by) },
        { term: t("fact.quantity"), value: fact.quantity === null ? null : decimalText(fact.quantity, language) },
        ...Object.entries(fact.attributes).map(([term, value]) => ({ term: word(`attribute.${term}`, term), value })),
      ],
      provenance: [
        { term: t("provenance.source"), value: sourceTitle(fact.provenance.source) },
        { term: t("provenance.connector"), value: fact.provenance.connector },
        { term: t("provenance.reference"), value: fact.provenance.source_ref },
        { term: t("provenance.file"), value: fact.provenance.file },
        { term: t("workbench.sha256"), value: fact.provenance.sha256 },
        { term: t("provenance.row"), value: fact.provenance.row === null ? null : String(fact.provenance.row) },
        { term: t("provenance.batch"), value: fact.provenance.batch_id },
        { term: t("provenance.received"), value: instant(fact.provenance.received_at) },
        { term: t("provenance.revision"), value: String(fact.provenance.revision) },
        { term: t("provenance.id"), value: fact.fact_id },
      ],
    };
  };
}

/** The hour before and after a fact: what "near" means in time. */
export function nearWindow(fact: Pick<FactDetail, "earliest_at" | "latest_at">): { from: number; to: number } {
  const from = parseInstant(fact.earliest_at) ?? 0;
  const to = parseInstant(fact.latest_at) ?? from;
  return { from: from - HOUR, to: to + HOUR };
}

function Body({ fact }: { fact: FactDetail }) {
  const { t } = useTranslation();
  const kind = useKindText();
  const language = useLanguage();
  const { taxonomy } = useCityContext();
  const details = useFactDetails()(fact);
  const place = useMemo(() => (fact.lon === null || fact.lat === null ? null : { lon: fact.lon, lat: fact.lat }), [fact.lon, fact.lat]);
  const near = useNear(place, NEAR_RADIUS_M, nearWindow(fact));
  const level = severityLevel(fact.severity);
  return (
    <>
      <div className={styles["lead"]}>
        <p className={styles["path"]}>{taxonomy.path(fact.kind, language).slice(0, -1).join(" › ")}</p>
        <p className={styles["kind"]}>{kind(fact.kind)}</p>
        <p className={styles["chips"]}>
          <span className={styles["chip"]}><SeverityMark severity={fact.severity} />{t(`severity.${level}`)}</span>
          {fact.status && <span className={styles["chip"]}>{t(`status.${fact.status}`)}</span>}
        </p>
      </div>
      {place && <p className={styles["chips"]}><Button onPress={() => { openSituation(`fact:${fact.fact_id}`); }}>{t("situation.open")}</Button></p>}
      <Details title={t("fact.when")} items={details.when} />
      <Details title={t("fact.where")} items={details.where} action={place && <Button look="quiet" onPress={() => { command({ type: "fly", view: { ...place, zoom: 16 } }); }}>{t("fact.show")}</Button>} />
      <Details title={t("fact.further")} items={details.further} />
      {fact.narrative && (
        <section className={styles["section"]}>
          <h3>{t("fact.narrative")}</h3>
          <p className={styles["text"]}>{fact.narrative.text}</p>
          <p className={styles["note"]}>{t("fact.narrativeNote")}</p>
        </section>
      )}
      {fact.narrative_withheld && <p className={styles["withheld"]}>{t("fact.withheld")}</p>}
      {place && <NearList near={near.data} loading={near.isPending} error={near.error} except={fact.fact_id} radius={NEAR_RADIUS_M} />}
      <Details title={t("fact.provenance")} items={details.provenance} mono />
    </>
  );
}

export function FactPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const fact = useFact(id);
  return (
    <Panel title={t("fact.title")} side="right" onClose={() => { select(null); }} takeFocus>
      {fact.isPending && <Loading rows={8} />}
      {fact.error && <ErrorNote error={fact.error} retry={() => void fact.refetch()} />}
      {fact.data && <Body fact={fact.data} />}
    </Panel>
  );
}
