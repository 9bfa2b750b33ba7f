/** The values of an answer in words: of its columns, which tell feeds and kinds too, of the place. */
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSources, useZoning } from "@/api/queries";
import type { AnalysisResult } from "@/api/types";
import type { Filtered } from "@/lib/analysisRuns";
import { bilingual } from "@/lib/bilingual";
import { countText, figureText } from "@/lib/numbers";
import type { FormField } from "@/lib/schemaForm";
import { zoneName } from "@/parts/zones";
import { useKindText, useLanguage, useWords } from "@/state/city";

/** Fields that hold kinds. */
const KINDS = new Set(["kind", "cases", "first", "second"]);

export type Tell = (column: string, value: unknown) => string;

/** How a value of a column is told. */
export function useTell(result: AnalysisResult, place: string | null): Tell {
  const { t } = useTranslation();
  const language = useLanguage();
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
    return value;
  }, [columns, places, place, t, language, words]);
}

/** Columns that a chart's own filters test by their code stay as they are. */
const TESTED = new Set(["part", "label"]);

/** The rows for a chart: codes replaced by their words. */
export function useToldRows(result: AnalysisResult, tell: Tell): Record<string, unknown>[] {
  return useMemo(() => {
    const worded = result.columns.filter((column) => !TESTED.has(column.name) && Object.keys(column.words).length > 0);
    if (worded.length === 0) return result.table;
    return result.table.map((row) => ({ ...row, ...Object.fromEntries(worded.map((column) => [column.name, row[column.name] === null ? null : tell(column.name, row[column.name])])) }));
  }, [result, tell]);
}

/** A row by its keys, in words: "Farther than: 100 m · Up to: 200 m". A weight is none of its names. */
export function rowName(row: Readonly<Record<string, unknown>>, columns: AnalysisResult["columns"], words: (column: AnalysisResult["columns"][number]) => string, tell: Tell): string {
  const named = columns.filter(({ key, name }) => key && name !== "weight" && row[name] !== null && row[name] !== undefined && row[name] !== "");
  return named.map((column) => (typeof row[column.name] === "number" ? `${words(column)} ${tell(column.name, row[column.name])}${column.unit ? ` ${column.unit}` : ""}` : tell(column.name, row[column.name]))).join(" · ");
}

/** What a field of a form is called. */
export function useFieldTitle(): (field: FormField) => string {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  return useCallback((field) => bilingual(field.title, language) ?? (i18n.exists(`parameter.${field.name}`) ? t(`parameter.${field.name}`) : field.title), [t, i18n, language]);
}

/** What a choice of a field is called. */
export function useChoiceText(): (field: FormField, id: string) => string {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  return useCallback((field, id) => field.words[id]?.[language === "fr" ? 0 : 1] ?? (i18n.exists(`choice.${id}`) ? t(`choice.${id}`) : id), [t, i18n, language]);
}

/** What a field holds, in words. */
export function useFieldText(): (field: FormField, text: string) => string {
  const { t } = useTranslation();
  const choice = useChoiceText();
  const kind = useKindText();
  return useCallback((field, text) => {
    if (text === "") return "–";
    if (field.control === "choice") return choice(field, text);
    if (field.control === "boolean") return t(text === "true" ? "truth.yes" : "truth.no");
    return KINDS.has(field.name) ? kind(text) : text;
  }, [t, choice, kind]);
}

/** The filters of two runs, each with its name and its value in words, those alike left out. */
export function useDifferentFilters(one: Filtered, other: Filtered): { name: string; values: [string, string] }[] {
  const { t } = useTranslation();
  const kind = useKindText();
  const words = useWords();
  const sources = useSources(one["source"] !== undefined || other["source"] !== undefined);
  const zones = [useZoning(zoningOf(one)), useZoning(zoningOf(other))];
  const several = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const told: Record<string, (value: unknown) => string> = {
    kinds: (value) => several(value).map(kind).join(", "),
    sources: (value) => several(value).map((code) => words(sources.data?.find((source) => source.source === code)?.title) || code).join(", "),
    severity: (value) => `≥ ${Number(value)}`,
    zone: (value) => {
      const text = typeof value === "string" ? value : "";
      const id = text.slice(text.indexOf(":") + 1);
      return zones.flatMap((zoning) => zoning.data?.features ?? []).map(zoneName).find((zone) => zone.id === id)?.label ?? text;
    },
  };
  const value = (name: string, given: unknown): string => (given === undefined ? "–" : (told[name]?.(given) ?? "–"));
  return ([["kinds", "kind"], ["sources", "source"], ["severity", "severity_min"], ["zone", "zone"]] as const)
    .map(([name, code]) => ({ name: t(`filter.${name}`), values: [value(name, one[code]), value(name, other[code])] as [string, string] }))
    .filter(({ values: [mine, theirs] }) => mine !== theirs);
}

function zoningOf(filters: Filtered): string | null {
  return typeof filters["zone"] === "string" ? (filters["zone"].split(":")[0] ?? null) : null;
}
