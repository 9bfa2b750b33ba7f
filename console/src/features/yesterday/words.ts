/** The values of an answer in words: of the analysis itself, of the taxonomy, of the place. */
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AnalysisResult } from "@/api/types";
import { countText, figureText } from "@/lib/numbers";
import { useKindText, useLanguage, useWords } from "@/state/city";

/** Columns whose values are codes that the console has words for, and columns of kinds. */
const WORDED = new Set(["part", "group"]);
const KINDS = new Set(["kind", "theme", "first", "second", "group"]);

export type Tell = (column: string, value: unknown) => string;

/** How a value of a column is told. */
export function useTell(result: AnalysisResult, place: string | null): Tell {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const words = useWords();
  const columns = useMemo(() => new Map(result.columns.map((column) => [column.name, column])), [result.columns]);
  const places = useMemo(() => new Map(result.places.map((one) => [one.id, one])), [result.places]);
  return useCallback((column, value) => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "boolean") return t(value ? "truth.yes" : "truth.no");
    if (typeof value === "number" || typeof value === "string") {
      const word = columns.get(column)?.words[String(value)];
      if (word) return words(word);
    }
    if (typeof value === "number") return Number.isInteger(value) ? countText(value, language) : figureText(value, language);
    if (typeof value !== "string") return JSON.stringify(value);
    const named = column === place ? places.get(value) : undefined;
    if (named) return words(named);
    if (WORDED.has(column) && i18n.exists(`workbench.word.${value}`)) return t(`workbench.word.${value}`);
    return KINDS.has(column) ? kind(value) : value;
  }, [columns, places, place, t, i18n, language, kind, words]);
}

/** Columns that a chart's own filters test by their code stay as they are. */
const TESTED = new Set(["part", "label"]);

/** The rows for a chart: codes replaced by their words. */
export function useToldRows(result: AnalysisResult, tell: Tell): Record<string, unknown>[] {
  return useMemo(() => {
    const worded = result.columns.filter((column) => !TESTED.has(column.name) && (Object.keys(column.words).length > 0 || KINDS.has(column.name)));
    if (worded.length === 0) return result.table;
    return result.table.map((row) => ({ ...row, ...Object.fromEntries(worded.map((column) => [column.name, row[column.name] === null ? null : tell(column.name, row[column.name])])) }));
  }, [result, tell]);
}

/** A row by its keys, in words: "Farther than: 100 m · Up to: 200 m". A weight is none of its names. */
export function rowName(row: Readonly<Record<string, unknown>>, columns: AnalysisResult["columns"], words: (column: AnalysisResult["columns"][number]) => string, tell: Tell): string {
  const named = columns.filter(({ key, name }) => key && name !== "weight" && row[name] !== null && row[name] !== undefined && row[name] !== "");
  return named.map((column) => (typeof row[column.name] === "number" ? `${words(column)} ${tell(column.name, row[column.name])}${column.unit ? ` ${column.unit}` : ""}` : tell(column.name, row[column.name]))).join(" · ");
}
