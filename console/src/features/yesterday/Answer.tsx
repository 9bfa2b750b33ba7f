/** One answer: base, charts, table, what it does not show, and how to take it away or ask it elsewhere. */
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useZoning, type Scope } from "@/api/queries";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import { prepareChart } from "@/charts/prepare";
import { AnswerMap, chooseRow, useChosenRow } from "@/features/yesterday/AnswerMap";
import { FactsBehind } from "@/features/yesterday/FactsBehind";
import { ResultTable } from "@/features/yesterday/ResultTable";
import { useTell, useToldRows, type Tell } from "@/features/yesterday/words";
import { geometryOf, isSpatial, wordColours } from "@/lib/answerMap";
import { chartsOf, commandOf, hasRows, pythonOf, requestOf, type Asked } from "@/lib/analysisRuns";
import { SMALL_BASE } from "@/lib/compare";
import { css } from "@/lib/colour";
import { COURSE } from "@/lib/courses";
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

function classColours(codes: readonly string[]): string[] | undefined {
  const colours = wordColours(codes);
  return codes.length > 0 ? codes.map((code) => css(colours.get(code) ?? [128, 134, 140])) : undefined;
}

type ToPng = () => Promise<string>;

function Charts({ analysis, result, tell, chosen, onDrawn }: {
  analysis: AnalysisInfo;
  result: AnalysisResult;
  tell: Tell;
  chosen: number | null;
  onDrawn: (number: number, toPng: ToPng) => void;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const dark = useDark();
  const rows = useToldRows(result, tell);
  const specs = useMemo(() => {
    const columns = result.columns.map((column) => ({ name: column.name, title: words(column), unit: column.unit, order: Object.values(column.words).map(words), colours: column.name === analysis.map_column ? classColours(Object.keys(column.words)) : undefined }));
    const shown = result.chart ? chartsOf(result.chart).filter((spec) => hasRows(spec, result.table)) : [];
    columns.push({ name: "", title: t("workbench.rows"), unit: "", order: [], colours: undefined });
    return shown.map((spec, number) => ({ spec: prepareChart(spec, rows, columns, chosen), told: (toPng: ToPng) => { onDrawn(number, toPng); } }));
  }, [analysis, result, rows, chosen, words, t, onDrawn]);
  return specs.map(({ spec, told }, number) => <Suspense key={number} fallback={<Loading rows={4} />}><VegaChart spec={spec} dark={dark} label={words(analysis.question)} onChoose={chooseRow} onDrawn={told} /></Suspense>);
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

export function Answer({ analysis, result, asked, zoning }: {
  analysis: AnalysisInfo;
  result: AnalysisResult;
  asked: Asked;
  /** The zoning that zones of the answer are of, where it has any. */
  zoning: string | null;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = (text: string): string => instantText(parseInstant(text) ?? now, language, city.timezone, now);
  const place = analysis.geo_column;
  const tell = useTell(result, place);
  const chosen = useChosenRow(result);
  const spatial = isSpatial(place, result.columns) && result.table.length > 0;
  const zones = useZoning(place && place !== "cell" && place !== COURSE ? (zoning ?? "arrondissement") : null);
  const picked = chosen !== null && place && place !== COURSE ? result.table[chosen]?.[place] : null;
  const behind = { name: analysis.name, query: asked.scope as Scope, ...(typeof picked === "string" ? { place: picked, ...(zoning ? { zoning } : {}) } : {}) };
  const [pictures, setPictures] = useState<Record<number, ToPng>>({});
  const drawn = useCallback((number: number, toPng: ToPng) => { setPictures((before) => ({ ...before, [number]: toPng })); }, []);
  const savePictures = async (): Promise<void> => {
    for (const [number, toPng] of Object.entries(pictures)) downloadAddress(`${analysis.name}-${Number(number) + 1}.png`, await toPng());
  };
  const saveGeo = (): void => {
    const shapes = new Map((zones.data?.features ?? []).map((feature) => [zoneName(feature).id, feature.geometry]));
    const features = result.table.flatMap((row) => {
      const geometry = geometryOf(row, place, shapes as never);
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
      {spatial && <AnswerMap analysis={analysis} result={result} zoning={zoning} tell={tell} />}
      {result.table.length > 0 && <Charts analysis={analysis} result={result} tell={tell} chosen={chosen} onDrawn={drawn} />}
      {result.withheld > 0 && <p className={styles["base"]}>{t("analyses.withheld", { count: result.withheld })}</p>}
      {result.truncated && <p className={styles["small"]}>{t("analyses.truncated")}</p>}
      {result.table.length > 0 ? <ResultTable result={result} place={place} tell={tell} chosen={chosen} onChoose={chooseRow} /> : <p>{t("workbench.noRows")}</p>}
      {result.base > 0 && <FactsBehind key={chosen ?? "all"} asked={behind} of={picked ? tell(place ?? "", picked) : t("workbench.whole")} />}
      <p className={styles["limits"]}>{words(result.limits)}</p>
      {result.table.length > 0 && (
        <p className={styles["links"]}>
          <Button look="quiet" onPress={() => { downloadText(`${analysis.name}.csv`, csvOf(result.columns.map((column) => column.name), result.table), "text/csv"); }}><Icon name="download" size={16} />{t("analyses.csv")}</Button>
          {spatial && (place === "cell" || place === COURSE || place === null || zones.data) && <Button look="quiet" onPress={saveGeo}><Icon name="download" size={16} />{t("workbench.geojson")}</Button>}
          {Object.keys(pictures).length > 0 && <Button look="quiet" onPress={() => { void savePictures(); }}><Icon name="download" size={16} />{t("workbench.png")}</Button>}
        </p>
      )}
      <Elsewhere asked={asked} />
    </section>
  );
}
