/** One question: its form, made from its schema; its answer; another run beside it. All of it stands in the address. */
import { useMemo, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useRun, type RunRequest } from "@/api/analyses";
import { scope } from "@/api/queries";
import type { AnalysisInfo } from "@/api/types";
import { Answer } from "@/features/yesterday/Answer";
import { Comparison } from "@/features/yesterday/Comparison";
import { SaveQuestion } from "@/features/yesterday/SaveQuestion";
import { SchemaFields } from "@/features/yesterday/SchemaFields";
import { keptRun, keptText, paramsChange, paramsOf } from "@/lib/analysisRuns";
import { filtersOf } from "@/lib/savedQuestions";
import { fieldFault, formFields, formParams, type SchemaLike } from "@/lib/schemaForm";
import { instantText } from "@/lib/time";
import { countFilters } from "@/lib/urlState";
import { useFilters, usePeriod } from "@/parts/useScope";
import { useCityContext, useLanguage, useMay, useNow, useWords } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

export function AnalysisView({ analysis }: { analysis: AnalysisInfo }) {
  const { t } = useTranslation();
  const words = useWords();
  const range = usePeriod();
  const shownFilters = useFilters();
  const filters = useMemo(() => ({ ...shownFilters, status: null }), [shownFilters]);
  const language = useLanguage();
  const { city } = useCityContext();
  const { extra } = useUrl();
  const now = useNow(60_000);
  const at = (ms: number): string => instantText(ms, language, city.timezone, now);
  const schema = analysis.parameters as SchemaLike;
  const fields = useMemo(() => formFields(schema), [schema]);
  const [texts, setTexts] = useState<Record<string, string>>(() => paramsOf(extra));
  const text = (name: string): string => texts[name] ?? fields.find((field) => field.name === name)?.initial ?? "";
  const faulty = fields.some((field) => fieldFault(field, text(field.name)) !== null);
  const ask = (): RunRequest => ({ name: analysis.name, query: scope(filters, range), params: formParams(fields, texts) });
  const [request, setRequest] = useState<RunRequest | null>(() => (extra["run"] === "1" && !faulty ? ask() : null));
  const run = useRun(request, language);
  const kept = useMemo(() => keptRun(extra["kept"]), [extra]);
  const keptRequest = useMemo<RunRequest | null>(() => (kept && request ? { name: analysis.name, query: { ...scope(filtersOf(kept.filters), null), from: kept.from, to: kept.to }, params: formParams(fields, kept.params) } : null), [kept, request, analysis.name, fields]);
  const other = useRun(keptRequest, language);
  const shown = paramsOf(extra);
  const mayRun = useMay("run_analyses");
  const [saving, setSaving] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (faulty) return;
    const next = ask();
    setRequest(next);
    setExtra({ ...paramsChange(extra, texts), run: "1", row: null, frame: null, colour: null });
    if (JSON.stringify(next) === JSON.stringify(request)) void run.refetch();
  };
  const zoning = fields.some((field) => field.name === "zoning") ? text("zoning") : null;
  return (
    <>
      <section className={styles["section"]}>
        <p><Button look="quiet" onPress={() => { setExtra({ ...paramsChange(extra, {}), analysis: null, run: null, question: null, kept: null, row: null, frame: null, colour: null }); }}><Icon name="chevronLeft" size={14} />{t("analyses.catalogue")}</Button></p>
        <h3>{words(analysis.question)}</h3>
        <p className={styles["base"]}>{t("analyses.scope", { from: at(range.from), to: at(range.to), count: countFilters(filters) })}</p>
        {shownFilters.status && <p className={styles["note"]}>{t("analyses.noStatus")}</p>}
        <form className={styles["form"]} onSubmit={submit}>
          <SchemaFields fields={fields} texts={texts} onChange={(name, value) => { setTexts((before) => ({ ...before, [name]: value })); }} />
          <div className={styles["actions"]}>
            <Button type="submit" look="primary" isDisabled={run.isFetching || faulty}>{t(run.isFetching ? "analyses.running" : "analyses.run")}</Button>
            {run.data && <Button onPress={() => { setExtra({ kept: keptText(run.data, shown, { ...request?.query }) }); }}><Icon name="pin" size={14} />{t("workbench.keep")}</Button>}
            {mayRun && <Button aria-expanded={saving} onPress={() => { setSaving(!saving); }} isDisabled={faulty}><Icon name="plus" size={14} />{t("questions.save")}</Button>}
          </div>
        </form>
        {saving && <SaveQuestion analysis={analysis} params={formParams(fields, texts)} filters={filters} range={range} onDone={() => { setSaving(false); }} />}
        {run.error && <ErrorNote error={run.error} />}
        {!run.data && <p className={styles["limits"]}>{words(analysis.limits)}</p>}
        {analysis.reference && <p className={styles["reference"]}>{t("analyses.reference", { reference: analysis.reference })}</p>}
      </section>
      {run.data && request && kept && other.data && <Comparison analysis={analysis} now={run.data} kept={other.data} asked={[{ filters: { ...request.query }, params: shown }, kept]} fields={fields} onEnd={() => { setExtra({ kept: null }); }} />}
      {other.error && <ErrorNote error={other.error} />}
      {run.data && request && (
        <Answer analysis={analysis} result={run.data} asked={{ name: analysis.name, scope: { ...request.query }, params: request.params }} zoning={zoning} />
      )}
    </>
  );
}
