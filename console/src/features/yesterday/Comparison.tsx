/** Two runs of one question beside each other: what differs in what was asked, and row by row. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AnalysisInfo, AnalysisResult } from "@/api/types";
import { useDifferentFilters, useFieldText, useFieldTitle, useTell } from "@/features/yesterday/words";
import { differences, type Filtered, type Params } from "@/lib/analysisRuns";
import { SMALL_BASE } from "@/lib/compare";
import { COURSE } from "@/lib/courses";
import { countText, figureText } from "@/lib/numbers";
import type { FormField } from "@/lib/schemaForm";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/features/yesterday/Yesterday.module.css";

const MOST_ROWS = 200;

interface AskedOf { filters: Filtered; params: Params }

export function Comparison({ analysis, now, kept, asked, fields, onEnd }: {
  analysis: AnalysisInfo;
  now: AnalysisResult;
  kept: AnalysisResult;
  /** What this run and the kept one were asked. */
  asked: readonly [AskedOf, AskedOf];
  fields: readonly FormField[];
  onEnd: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const clock = useNow(60_000);
  const found = useMemo(() => differences(now.columns, now.table, kept.table), [now, kept]);
  const at = (text: string): string => instantText(parseInstant(text) ?? clock, language, city.timezone, clock);
  const number = (value: number): string => (Number.isInteger(value) ? countText(value, language) : figureText(value, language));
  const signed = (value: number): string => (value > 0 ? `+${number(value)}` : number(value));
  const keys = now.columns.filter((column) => column.name !== COURSE && found.keys.includes(column.name) && now.table.some((row) => row[column.name] !== null && row[column.name] !== ""));
  const numbers = now.columns.filter((column) => found.rows.some((row) => row.values.some((value) => value.column === column.name)));
  const [mine, theirs] = asked;
  const filters = useDifferentFilters(mine.filters, theirs.filters);
  const title = useFieldTitle();
  const text = useFieldText();
  const tell = useTell(now, analysis.geo_column);
  const param = (field: FormField, params: Params): string => text(field, params[field.name] ?? field.initial);
  const changed = fields.filter((field) => param(field, mine.params) !== param(field, theirs.params));
  const shown = found.rows.slice(0, MOST_ROWS);
  return (
    <section className={styles["section"]}>
      <h3>{t("workbench.comparison")}</h3>
      <table className={[styles["table"], styles["asked"]].join(" ")}>
        <thead><tr><th scope="col">{t("workbench.asked")}</th><th scope="col">{t("workbench.now")}</th><th scope="col">{t("workbench.kept")}</th></tr></thead>
        <tbody>
          <tr><th scope="row">{t("yesterday.period")}</th><td>{at(now.from)} – {at(now.to)}</td><td>{at(kept.from)} – {at(kept.to)}</td></tr>
          <tr>
            <th scope="row">{t("workbench.facts")}</th>
            {[now, kept].map((run, place) => <td key={place} className={run.base < SMALL_BASE ? styles["small"] : ""}>{countText(run.base, language)}</td>)}
          </tr>
          {filters.map(({ name, values }) => <tr key={name}><th scope="row">{name}</th>{values.map((value, place) => <td key={place}>{value}</td>)}</tr>)}
          {changed.map((field) => <tr key={field.name}><th scope="row">{title(field)}</th><td>{param(field, mine.params)}</td><td>{param(field, theirs.params)}</td></tr>)}
        </tbody>
      </table>
      {found.rows.length === 0 ? <p>{t("workbench.nothingCommon")}</p> : (
        <div className={styles["tableHolder"]} tabIndex={0} role="group" aria-label={t("workbench.comparison")}>
          <table className={styles["table"]}>
            <thead>
              <tr>
                {keys.map((column) => <th key={column.name} scope="col">{words(column)}{column.unit && <span className={styles["unit"]}>{column.unit}</span>}</th>)}
                {numbers.map((column) => <th key={column.name} scope="col" className={styles["number"]}>{words(column)}{column.unit && <span className={styles["unit"]}>{column.unit}</span>}</th>)}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, place) => (
                <tr key={place}>
                  {keys.map((column) => <td key={column.name}>{tell(column.name, row.row[column.name])}</td>)}
                  {numbers.map((column) => {
                    const value = row.values.find((one) => one.column === column.name);
                    return <td key={column.name} className={styles["number"]}>{value ? <>{number(value.now)} <span className={styles["unit"]}>{signed(value.difference)}</span></> : "–"}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.onlyNow + found.onlyKept > 0 && <p className={styles["base"]}>{t("workbench.onlyOne", { now: countText(found.onlyNow, language), kept: countText(found.onlyKept, language) })}</p>}
      {found.rows.length > MOST_ROWS && <p className={styles["base"]}>{t("workbench.firstRows", { count: MOST_ROWS })}</p>}
      <p className={styles["limits"]}>{t("workbench.comparisonLimits")}</p>
      <p><Button look="quiet" onPress={onEnd}><Icon name="close" size={14} />{t("workbench.endComparison")}</Button></p>
    </section>
  );
}
