/** One question: its form, made from its schema; its answer; its limits, always in sight. */
import { lazy, Suspense, useMemo, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useRunAnalysis } from "@/api/queries";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import { ResultTable } from "@/features/yesterday/ResultTable";
import { SchemaFields } from "@/features/yesterday/SchemaFields";
import { SMALL_BASE } from "@/lib/compare";
import { csvOf } from "@/lib/csv";
import { countText } from "@/lib/numbers";
import { fieldFault, formFields, formParams, type SchemaLike } from "@/lib/schemaForm";
import { instantText, parseInstant, rfc3339 } from "@/lib/time";
import { usePeriod } from "@/parts/time/TimeBar";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { setExtra, useUrl } from "@/state/url";
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
  return (
    <section className={styles["section"]} aria-live="polite">
      <h3>{t("analyses.answer")}</h3>
      <p className={[styles["base"], result.base < SMALL_BASE ? styles["small"] : ""].join(" ")}>
        {t("analyses.base", { count: result.base, n: countText(result.base, language), at: instantText(at, language, city.timezone, now) })}
        {result.base < SMALL_BASE ? ` ${t("analyses.smallBase")}` : ""}
      </p>
      {result.chart && <Suspense fallback={<Loading rows={4} />}><VegaChart spec={result.chart} dark={dark} label={words(analysis.question)} /></Suspense>}
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
  const { filters } = useUrl();
  const run = useRunAnalysis();
  const schema = analysis.parameters as SchemaLike;
  const fields = useMemo(() => formFields(schema), [schema]);
  const [texts, setTexts] = useState<Record<string, string>>(() => {
    // The period and the first kind of the view are taken over where the analysis asks for them.
    const start: Record<string, string> = {};
    for (const field of fields) {
      const instant = field.control === "instant" || field.control === "date";
      const cut = (text: string): string => (field.control === "date" ? text.slice(0, 10) : text);
      if (field.name === "from" && instant && !field.initial) start[field.name] = cut(rfc3339(range.from));
      if (field.name === "to" && instant && !field.initial) start[field.name] = cut(rfc3339(range.to));
      if (field.name === "kind" && filters.kinds[0] && field.control === "text") start[field.name] = filters.kinds[0];
    }
    return start;
  });
  const text = (name: string): string => texts[name] ?? fields.find((field) => field.name === name)?.initial ?? "";
  const faulty = fields.some((field) => fieldFault(field, text(field.name)) !== null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!faulty) run.mutate({ name: analysis.name, params: formParams(fields, texts) });
  };
  return (
    <>
      <section className={styles["section"]}>
        <p><Button look="quiet" onPress={() => { setExtra({ analysis: null }); }}><Icon name="chevronLeft" size={14} />{t("analyses.catalogue")}</Button></p>
        <h3>{words(analysis.title)}</h3>
        <p>{words(analysis.question)}</p>
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
