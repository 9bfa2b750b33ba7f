/** Whether the means suffice: a number with its interval, and how often such numbers were right. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useReliability, type Adequacy, type ReliabilityFigures } from "@/api/whatif";
import { reliabilitySpec } from "@/features/tomorrow/whatif/charts";
import { countText, decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import { useDark } from "@/state/preferences";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/whatif/WhatIf.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));
const FULL = 100;
const SCALE_END = 200;

const NEAR = 0.995;

/** A share in per cent; never quite none or all, which no count of past events can show. */
function share(value: number | null, language: string): string {
  if (value === null) return "–";
  if (value > NEAR) return `> ${countText(FULL - 1, language)} %`;
  return value < 1 - NEAR ? `< ${countText(1, language)} %` : `${countText(value * FULL, language)} %`;
}

export function AdequacyGauge({ name, adequacy }: { name: string; adequacy: Adequacy }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { cover, needed, planned } = adequacy;
  const place = (value: number): string => `${String(Math.min(FULL, (value / SCALE_END) * FULL))}%`;
  return (
    <div className={styles["gauge"]}>
      <strong>{name}</strong>
      {cover && planned !== null ? (
        <>
          <span className={styles["figure"]}>{countText(cover.likely, language)} %</span>
          <span className={styles["interval"]}>{t("whatif.cover", { low: countText(cover.low, language), high: countText(cover.high, language) })}</span>
          <div className={styles["scale"]} aria-hidden="true">
            <span style={{ insetInlineStart: place(cover.low), insetInlineEnd: `${String(FULL - Math.min(FULL, (cover.high / SCALE_END) * FULL))}%` }} />
            <i style={{ insetInlineStart: place(FULL) }} />
          </div>
          <span>{t("whatif.suffices", { p: share(adequacy.probability, language) })}</span>
        </>
      ) : <span>{t("whatif.noAgents")}</span>}
      <span className={styles["note"]}>{t("whatif.needed", { planned: planned ?? "–", likely: countText(needed.likely, language), low: countText(needed.low, language), high: countText(needed.high, language) })}</span>
      <span className={styles["note"]}>{t("whatif.advised", { count: adequacy.advised, target: share(adequacy.target, language) })}</span>
      <span className={styles["note"]}>{adequacy.calibrated_on > 0 ? t("whatif.calibratedOn", { count: adequacy.calibrated_on }) : t("whatif.notCalibrated")}</span>
    </div>
  );
}

function Scores({ rows }: { rows: readonly { name: string; figures: ReliabilityFigures }[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <table className={styles["table"]}>
      <thead><tr><th scope="col">{t("whatif.method")}</th><th scope="col">{t("whatif.ece")}</th><th scope="col">{t("whatif.brier")}</th><th scope="col">{t("whatif.wrongEnough")}</th></tr></thead>
      <tbody>
        {rows.map(({ name, figures }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{figures.ece === null ? "–" : `${decimalText(figures.ece * FULL, language, 1)} %`}</td>
            <td>{figures.brier === null ? "–" : decimalText(figures.brier, language, 3)}</td>
            <td>{t("whatif.outOf", { wrong: figures.wrongly_enough, said: figures.said_enough })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How often adequacy was wrong about past events, beside the naive answers. */
export function ReliabilityView() {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useDark();
  const found = useReliability();
  const figures = found.data?.calibrated ?? null;
  const spec = useMemo(() => (figures ? reliabilitySpec(figures, { told: t("whatif.told"), happened: t("whatif.happened"), events: t("whatif.events") }) : null), [figures, t]);
  if (found.isPending) return <Loading rows={4} />;
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />;
  const { raw, naive, usual_share: usual, covered } = found.data;
  if (!figures || !spec || !raw || !naive || !usual) return <p className={styles["note"]} role="status">{t("whatif.walking")}</p>;
  if (figures.events === 0) return <p className={styles["note"]}>{t("whatif.noPast")}</p>;
  return (
    <>
      <p>{t("whatif.wrong", { said: figures.said_enough, wrong: figures.wrongly_enough, short: figures.said_short, wronglyShort: figures.wrongly_short })}</p>
      <Suspense fallback={<Loading rows={4} />}><VegaChart spec={spec} dark={dark} label={t("whatif.diagram")} /></Suspense>
      <Scores rows={[
        { name: t("whatif.scores.calibrated"), figures }, { name: t("whatif.scores.raw"), figures: raw },
        { name: t("whatif.scores.naive"), figures: naive }, { name: t("whatif.scores.share"), figures: usual },
      ]} />
      <p className={styles["note"]}>
        {t("whatif.eceBase", { count: figures.events, chance: decimalText((figures.ece_by_chance ?? 0) * FULL, language, 1), covered: share(covered ?? null, language) })}
      </p>
    </>
  );
}
