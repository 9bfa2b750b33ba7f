/** One question: its form, made from its schema; its answer; its limits, always in sight. */
import { lazy, Suspense, useMemo, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { scope, useRunAnalysis } from "@/api/queries";
import { prepareChart } from "@/charts/prepare";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import { ResultTable } from "@/features/yesterday/ResultTable";
import { SchemaFields } from "@/features/yesterday/SchemaFields";
import { SMALL_BASE } from "@/lib/compare";
import { csvOf } from "@/lib/csv";
import { countText } from "@/lib/numbers";
import { countFilters } from "@/lib/urlState";
import { fieldFault, formFields, formParams, type SchemaLike } from "@/lib/schemaForm";
import { instantText, parseInstant } from "@/lib/time";
import { useFilters, usePeriod } from "@/parts/useScope";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));

function save(name: string, result: AnalysisResult): void {
  const address = URL.createObjectURL(new Blob([csvOf(result.columns.map((column) => column.name), result.table)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}

function Answer({ analysis, result }: { analysis: AnalysisInfo; result: AnalysisResult }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const dark = useDark();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = parseInstant(result.computed_at) ?? now;
  const chart = useMemo(
    () => (result.chart ? prepareChart(result.chart, result.table, result.columns.map((column) => ({ name: column.name, title: words(column), unit: column.unit }))) : null),
    [result, words],
  );
  return (
    <section className={styles["section"]} aria-live="polite">
      <h3>{t("analyses.answer")}</h3>
      <p className={[styles["base"], result.base < SMALL_BASE ? styles["small"] : ""].join(" ")}>
        {t("analyses.base", { count: result.base, n: countText(result.base, language), at: instantText(at, language, city.timezone, now) })}
        {result.base < SMALL_BASE ? ` ${t("analyses.smallBase")}` : ""}
      </p>
      {chart && <Suspense fallback={<Loading rows={4} />}><VegaChart spec={chart} dark={dark} label={words(analysis.question)} /></Suspense>}
      {result.notes.map((note) => <p key={note.fr} className={styles["base"]}>{words(note)}</p>)}
      {result.withheld > 0 && <p className={styles["base"]}>{t("analyses.withheld", { count: result.withheld })}</p>}
      {result.truncated && <p className={styles["small"]}>{t("analyses.truncated")}</p>}
      <ResultTable result={result} />
      <p className={styles["limits"]}>{words(result.limits)}</p>
      <p><Button look="quiet" onPress={() => { save(analysis.name, result); }}><Icon name="download" size={16} />{t("analyses.csv")}</Button></p>
    </section>
  );
}

export function AnalysisView({ analysis }: { analysis: AnalysisInfo }) {
  const { t } = useTranslation();
  const words = useWords();
  const range = usePeriod();
  const filters = useFilters();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = (ms: number): string => instantText(ms, language, city.timezone, now);
  const run = useRunAnalysis();
  const schema = analysis.parameters as SchemaLike;
  const fields = useMemo(() => formFields(schema), [schema]);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const text = (name: string): string => texts[name] ?? fields.find((field) => field.name === name)?.initial ?? "";
  const faulty = fields.some((field) => fieldFault(field, text(field.name)) !== null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!faulty) run.mutate({ name: analysis.name, query: scope(filters, range), params: formParams(fields, texts) });
  };
  return (
    <>
      <section className={styles["section"]}>
        <p><Button look="quiet" onPress={() => { setExtra({ analysis: null }); }}><Icon name="chevronLeft" size={14} />{t("analyses.catalogue")}</Button></p>
        <h3>{words(analysis.question)}</h3>
        <p className={styles["base"]}>{t("analyses.scope", { from: at(range.from), to: at(range.to), count: countFilters(filters) })}</p>
        <form className={styles["form"]} onSubmit={submit}>
          <SchemaFields fields={fields} texts={texts} onChange={(name, value) => { setTexts((before) => ({ ...before, [name]: value })); }} />
          <div className={styles["actions"]}>
            <Button type="submit" look="primary" isDisabled={run.isPending || faulty}>{t(run.isPending ? "analyses.running" : "analyses.run")}</Button>
          </div>
        </form>
        {run.error && <ErrorNote error={run.error} />}
        {!run.data && <p className={styles["limits"]}>{words(analysis.limits)}</p>}
        {analysis.reference && <p className={styles["reference"]}>{t("analyses.reference", { reference: analysis.reference })}</p>}
      </section>
      {run.data && <Answer analysis={analysis} result={run.data} />}
    </>
  );
}
