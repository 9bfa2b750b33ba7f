/** One plan: when with its set-up and tear-down, for how many, with which means, and what it clashes with. */
import { useTranslation } from "react-i18next";
import { useClashes, usePlan } from "@/api/queries";
import type { PlanDetail } from "@/api/types";
import { geometryBox } from "@/lib/bbox";
import { countText, metresText } from "@/lib/numbers";
import { instantText, intervalText, parseInstant } from "@/lib/time";
import { HereButton } from "@/map/HereButton";
import { useSpanText } from "@/parts/Age";
import { ClashList } from "@/parts/ClashList";
import { Details } from "@/parts/Details";
import { PlanActs } from "@/parts/PlanActs";
import { planState } from "@/parts/planState";
import { useZoningTitle } from "@/parts/useTitles";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { command } from "@/state/mapStage";
import { openEvent, select } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/parts/FactPanel.module.css";

function show(plan: PlanDetail): void {
  const box = geometryBox(plan.geometry);
  if (box && box[2] - box[0] > 1e-6) command({ type: "fit", box });
  else if (plan.lon !== null && plan.lat !== null) command({ type: "fly", view: { lon: plan.lon, lat: plan.lat, zoom: 16 } });
}

/** Where a plan is asked about: its point, else the middle of its footprint. */
function middleOf(plan: PlanDetail): { lon: number; lat: number } | null {
  if (plan.lon !== null && plan.lat !== null) return { lon: plan.lon, lat: plan.lat };
  const box = geometryBox(plan.geometry);
  return box && { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 };
}

function Body({ plan }: { plan: PlanDetail }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const span = useSpanText();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const zone = city.timezone;
  const zoningTitle = useZoningTitle();
  const starts = parseInstant(plan.starts_at) ?? 0;
  const ends = parseInstant(plan.ends_at) ?? starts;
  const clashes = useClashes({ from: starts - (plan.setup_s ?? 0) * 1000, to: ends + (plan.teardown_s ?? 0) * 1000 + 1000 });
  const mine = (clashes.data ?? []).filter((clash) => clash.plans.includes(plan.plan_id));
  const persons = (n: number | null): string | null => (n === null ? null : countText(n, language));
  const word = (prefix: string, key: string): string => (i18n.exists(`${prefix}.${key}`) ? t(`${prefix}.${key}`) : key);
  const received = parseInstant(plan.provenance?.received_at);
  const place = middleOf(plan);
  return (
    <>
      <div className={styles["lead"]}>
        <p className={styles["path"]}>{kind(plan.kind)}</p>
        <p className={styles["kind"]}>{plan.title ?? kind(plan.kind)}</p>
        <p className={styles["chips"]}>
          <span className={styles["chip"]}>{t(`plan.state.${planState(plan)}`)}</span>
          {plan.attendance_likely !== null && plan.attendance_likely > 0 && <span className={styles["chip"]}>{t("plan.likely", { n: persons(plan.attendance_likely) })}</span>}
        </p>
        <p className={styles["chips"]}>
          <Button onPress={() => { openEvent(plan.plan_id); }}><Icon name="list" size={16} />{t("dossier.open")}</Button>
          {place && <HereButton lon={place.lon} lat={place.lat} />}
        </p>
      </div>
      <PlanActs plan={plan} />
      {mine.length > 0 && <ClashList clashes={mine} except={plan.plan_id} />}
      {clashes.error && <ErrorNote error={clashes.error} />}
      <Details
        title={t("plan.when")}
        items={[
          { term: t("plan.public"), value: intervalText(starts, ends, language, zone, now) },
          { term: t("plan.setup"), value: plan.setup_s ? t("plan.before", { span: span(plan.setup_s) }) : null },
          { term: t("plan.teardown"), value: plan.teardown_s ? t("plan.after", { span: span(plan.teardown_s) }) : null },
        ]}
        action={<Button look="quiet" onPress={() => { show(plan); }}>{t("fact.show")}</Button>}
      />
      <Details
        title={t("plan.attendance")}
        items={[
          { term: t("plan.low"), value: persons(plan.attendance_low) },
          { term: t("plan.likelyTerm"), value: persons(plan.attendance_likely) },
          { term: t("plan.high"), value: persons(plan.attendance_high) },
        ]}
      />
      <Details title={t("plan.means")} items={Object.entries(plan.means).map(([term, value]) => ({ term: word("planMeans", term), value }))} />
      <Details
        title={t("fact.where")}
        items={[
          { term: t("fact.accuracy"), value: plan.accuracy_m === null ? null : `± ${metresText(plan.accuracy_m, language)}`, note: t("fact.accuracyNote") },
          ...plan.zones.map((zoneRef) => ({ term: zoningTitle(zoneRef.zoning), value: zoneRef.label })),
          { term: t("plan.closes"), value: plan.closes.map((code) => word("closes", code.replace(/^voie:/, ""))).join(", ") },
        ]}
      />
      <Details title={t("fact.further")} items={Object.entries(plan.attributes).map(([term, value]) => ({ term: word("attribute", term), value }))} />
      <Details
        title={t("fact.provenance")}
        mono
        items={[
          { term: t("provenance.source"), value: plan.provenance?.source ?? plan.source },
          { term: t("provenance.reference"), value: plan.provenance?.source_ref },
          { term: t("provenance.file"), value: plan.provenance?.file },
          { term: t("provenance.row"), value: plan.provenance?.row === undefined || plan.provenance.row === null ? null : String(plan.provenance.row) },
          { term: t("provenance.batch"), value: plan.provenance?.batch_id },
          { term: t("provenance.received"), value: received === null ? null : instantText(received, language, zone, now) },
        ]}
      />
    </>
  );
}

export function PlanPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const plan = usePlan(id);
  return (
    <Panel title={t("plan.title")} side="right" onClose={() => { select(null); }} takeFocus>
      {plan.isPending && <Loading rows={8} />}
      {plan.error && <ErrorNote error={plan.error} retry={() => void plan.refetch()} />}
      {plan.data && <Body plan={plan.data} />}
    </Panel>
  );
}
