/** One answer: base, charts, table, what it does not show, and how to take it away or ask it elsewhere. */
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useZoning } from "@/api/queries";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import { prepareChart } from "@/charts/prepare";
import { ResultTable } from "@/features/yesterday/ResultTable";
import { chartsOf, commandOf, hasRows, pythonOf, requestOf, type Asked } from "@/lib/analysisRuns";
import { SMALL_BASE } from "@/lib/compare";
import { COURSE, lineOf } from "@/lib/courses";
import { csvOf } from "@/lib/csv";
import { downloadAddress, downloadText } from "@/lib/download";
import { countText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { zoneName } from "@/parts/zones";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));

type ToPng = () => Promise<string>;

function Charts({ analysis, result, onDrawn }: { analysis: AnalysisInfo; result: AnalysisResult; onDrawn: (number: number, toPng: ToPng) => void }) {
  const words = useWords();
  const dark = useDark();
  const specs = useMemo(() => {
    const columns = result.columns.map((column) => ({ name: column.name, title: words(column), unit: column.unit }));
    const shown = result.chart ? chartsOf(result.chart).filter((spec) => hasRows(spec, result.table)) : [];
    return shown.map((spec, number) => ({ spec: prepareChart(spec, result.table, columns), told: (toPng: ToPng) => { onDrawn(number, toPng); } }));
  }, [result, words, onDrawn]);
  return specs.map(({ spec, told }, number) => <Suspense key={number} fallback={<Loading rows={4} />}><VegaChart spec={spec} dark={dark} label={words(analysis.question)} onDrawn={told} /></Suspense>);
}

function Elsewhere({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const ways = [["command", commandOf(asked)], ["python", pythonOf(asked)], ["request", requestOf(asked)]] as const;
  return (
    <details className={styles["elsewhere"]}>
      <summary>{t("workbench.query")}</summary>
      {ways.map(([way, text]) => (
        <div key={way}>
          <h4>{t(`workbench.${way}`)}</h4>
          <pre tabIndex={0}>{text}</pre>
        </div>
      ))}
      <p className={styles["base"]}>{t("workbench.queryLimits")}</p>
    </details>
  );
}

export function Answer({ analysis, result, asked, zoning, onZone }: {
  analysis: AnalysisInfo;
  result: AnalysisResult;
  asked: Asked;
  /** The zoning that zones of the answer are of, where it has any. */
  zoning: string | null;
  onZone: (zone: string) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = (text: string): string => instantText(parseInstant(text) ?? now, language, city.timezone, now);
  const place = analysis.geo_column;
  const zones = useZoning(place ? zoning : null);
  const [pictures, setPictures] = useState<Record<number, ToPng>>({});
  const drawn = useCallback((number: number, toPng: ToPng) => { setPictures((before) => ({ ...before, [number]: toPng })); }, []);
  const savePictures = async (): Promise<void> => {
    for (const [number, toPng] of Object.entries(pictures)) downloadAddress(`${analysis.name}-${Number(number) + 1}.png`, await toPng());
  };
  const saveGeo = (): void => {
    const shapes = new Map((zones.data?.features ?? []).map((feature) => [zoneName(feature).id, feature.geometry]));
    const features = result.table.flatMap((row) => {
      const geometry = place === COURSE ? lineOf(row[COURSE]) : shapes.get(String(row[place ?? ""]));
      return geometry ? [{ type: "Feature", geometry, properties: row }] : [];
    });
    downloadText(`${analysis.name}.geojson`, JSON.stringify({ type: "FeatureCollection", features }), "application/geo+json");
  };
  return (
    <section className={styles["section"]} aria-live="polite">
      <h3>{t("analyses.answer")}</h3>
      <p className={[styles["base"], result.base < SMALL_BASE ? styles["small"] : ""].join(" ")}>
        {t("analyses.base", { count: result.base, n: countText(result.base, language), at: at(result.computed_at) })}
        {result.base < SMALL_BASE ? ` ${t("analyses.smallBase")}` : ""}
      </p>
      <p className={styles["base"]}>{t("workbench.window", { from: at(result.from), to: at(result.to) })}</p>
      {result.notes.map((note) => <p key={note.fr} className={styles["note"]}>{words(note)}</p>)}
      {result.table.length > 0 && <Charts analysis={analysis} result={result} onDrawn={drawn} />}
      {result.withheld > 0 && <p className={styles["base"]}>{t("analyses.withheld", { count: result.withheld })}</p>}
      {result.truncated && <p className={styles["small"]}>{t("analyses.truncated")}</p>}
      {result.table.length > 0 ? <ResultTable result={result} place={place} onZone={onZone} /> : <p>{t("workbench.noRows")}</p>}
      <p className={styles["limits"]}>{words(result.limits)}</p>
      {result.table.length > 0 && (
        <p className={styles["links"]}>
          <Button look="quiet" onPress={() => { downloadText(`${analysis.name}.csv`, csvOf(result.columns.map((column) => column.name), result.table), "text/csv"); }}><Icon name="download" size={16} />{t("analyses.csv")}</Button>
          {(place === COURSE || (place && zones.data)) && <Button look="quiet" onPress={saveGeo}><Icon name="download" size={16} />{t("workbench.geojson")}</Button>}
          {Object.keys(pictures).length > 0 && <Button look="quiet" onPress={() => { void savePictures(); }}><Icon name="download" size={16} />{t("workbench.png")}</Button>}
        </p>
      )}
      <Elsewhere asked={asked} />
    </section>
  );
}
