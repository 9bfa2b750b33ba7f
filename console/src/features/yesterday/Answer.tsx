/** One answer: base, charts, table, what it does not show, and how to take it away or ask it elsewhere. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { RunRequest } from "@/api/analyses";
import type { Scope } from "@/api/queries";
import { FORMS, useTakeAnswer, type Form } from "@/api/questions";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import { prepareChart } from "@/charts/prepare";
import { AnswerMap, chooseRow, useChosenRow } from "@/features/yesterday/AnswerMap";
import { FactsBehind } from "@/features/yesterday/FactsBehind";
import { ResultTable } from "@/features/yesterday/ResultTable";
import { rowName, useTell, useToldRows, type Tell } from "@/features/yesterday/words";
import { behindRow, handleOf, isSpatial, keyedRow, wordColours, type RowBehind } from "@/lib/answerMap";
import { chartsOf, commandOf, hasRows, pythonOf, requestOf, type Asked } from "@/lib/analysisRuns";
import { SMALL_BASE } from "@/lib/compare";
import { css } from "@/lib/colour";
import { countText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));

const FORM_NAMES: Record<Form, string> = { parquet: "Parquet", csv: "CSV", geojson: "GeoJSON", png: "PNG", pdf: "PDF", html: "HTML" };

function classColours(codes: readonly string[]): string[] | undefined {
  const colours = wordColours(codes);
  return codes.length > 0 ? codes.map((code) => css(colours.get(code) ?? [128, 134, 140])) : undefined;
}

function Charts({ analysis, result, tell, chosen }: {
  analysis: AnalysisInfo;
  result: AnalysisResult;
  tell: Tell;
  chosen: number | null;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const dark = useDark();
  const rows = useToldRows(result, tell);
  const specs = useMemo(() => {
    const columns = result.columns.map((column) => ({ name: column.name, title: words(column), unit: column.unit, order: Object.values(column.words).map(words), colours: column.name === analysis.map_column ? classColours(Object.keys(column.words)) : undefined }));
    const shown = result.chart ? chartsOf(result.chart).filter((spec) => hasRows(spec, result.table)) : [];
    columns.push({ name: "", title: t("workbench.rows"), unit: "", order: [], colours: undefined });
    return shown.map((spec) => prepareChart(spec, rows, columns, chosen));
  }, [analysis, result, rows, chosen, words, t]);
  return specs.map((spec, number) => <Suspense key={number} fallback={<Loading rows={4} />}><VegaChart spec={spec} dark={dark} label={words(analysis.question)} onChoose={chooseRow} /></Suspense>);
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

/** The answer as a file: made by the server, by the rights of the role, and written in the audit. */
function TakeAway({ asked, placed }: { asked: RunRequest; placed: boolean }) {
  const { t } = useTranslation();
  const take = useTakeAnswer();
  return (
    <>
      <p className={styles["links"]}>
        {FORMS.filter((form) => placed || form !== "geojson").map((form) => (
          <Button key={form} look="quiet" isDisabled={take.isPending} onPress={() => { take.mutate({ asked, form }); }}><Icon name="download" size={16} />{t("workbench.take", { form: FORM_NAMES[form] })}</Button>
        ))}
      </p>
      {take.error && <ErrorNote error={take.error} />}
      <p className={styles["base"]}>{t(take.isPending ? "workbench.taking" : "workbench.takeLimits")}</p>
    </>
  );
}

export function Answer({ analysis, result, asked, zoning }: {
  analysis: AnalysisInfo;
  result: AnalysisResult;
  asked: Asked & { params: Record<string, unknown> };
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
  const row = chosen === null ? undefined : result.table[chosen];
  const rowsLead = analysis.rows_lead;
  const handle = handleOf(result.columns, place);
  const of = row && rowsLead ? rowName(row, result.columns, words, tell) : row && handle ? tell(handle, row[handle]) : t("workbench.whole");
  const led = (chosenRow: Record<string, unknown>): RowBehind & { zoning?: string } => (rowsLead ? keyedRow(chosenRow, result.columns, asked.params) : { ...behindRow(chosenRow, place, result.columns), ...(zoning ? { zoning } : {}) });
  const behind = { name: analysis.name, query: asked.scope as Scope, ...(row ? led(row) : {}) };
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
      {result.table.length > 0 && <Charts analysis={analysis} result={result} tell={tell} chosen={chosen} />}
      {result.withheld > 0 && <p className={styles["base"]}>{t("analyses.withheld", { count: result.withheld })}</p>}
      {result.truncated && <p className={styles["small"]}>{t("analyses.truncated")}</p>}
      {result.table.length > 0 ? <ResultTable result={result} place={place} rowsLead={rowsLead} tell={tell} chosen={chosen} onChoose={chooseRow} /> : <p>{t("workbench.noRows")}</p>}
      {result.base > 0 && <FactsBehind key={chosen ?? "all"} asked={behind} of={of} />}
      <p className={styles["limits"]}>{words(result.limits)}</p>
      {result.table.length > 0 && <TakeAway asked={{ name: analysis.name, query: asked.scope as Scope, params: asked.params }} placed={place !== null} />}
      <Elsewhere asked={asked} />
    </section>
  );
}
