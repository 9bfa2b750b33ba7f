/** Saved questions and addresses: what a form keeps, what opens a question again, what a kept address asked; pure. */
import { keptText, paramsOf, type Params } from "@/lib/analysisRuns";
import { isPreset, rfc3339, type Range } from "@/lib/time";
import { parseUrl, NO_FILTERS, type Filters } from "@/lib/urlState";

type Told = Readonly<Record<string, unknown>>;
export interface PeriodSpec { unit: "day" | "week" | "month" | "year" | "fixed"; n: number; from?: string; to?: string }
export interface Spec { title: string; analysis: string; params: Record<string, unknown>; filters: Record<string, unknown>; period: PeriodSpec; shared: string[]; schedule: null; language: "fr" | "en" }
interface Saved { question_id: string; analysis: string; params: Told; filters: Told; from: string; to: string }

/** Periods that move, as a choice of the form tells them: how many of which unit. */
export const MOVING = ["7:day", "28:day", "90:day", "1:week", "4:week", "1:month", "3:month", "12:month", "1:year"] as const;
export const FIXED = "fixed";

export function periodOf(choice: string, range: Range): PeriodSpec {
  const [n, unit] = choice.split(":");
  if (unit === "day" || unit === "week" || unit === "month" || unit === "year") return { unit, n: Number(n) };
  return { unit: "fixed", n: 0, from: rfc3339(range.from), to: rfc3339(range.to) };
}

export function choiceOf(period: { unit: string; n: number }): string {
  return period.unit === "fixed" ? FIXED : `${period.n}:${period.unit}`;
}

export function filtersTold(filters: Filters): Record<string, unknown> {
  return {
    ...(filters.kinds.length > 0 ? { kind: filters.kinds } : {}),
    ...(filters.sources.length > 0 ? { source: filters.sources } : {}),
    ...(filters.severityMin ? { severity_min: filters.severityMin } : {}),
    ...(filters.zone ? { zone: filters.zone } : {}),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function filtersOf(told: Readonly<Record<string, unknown>>): Filters {
  const severity = Number(told["severity_min"]);
  return {
    ...NO_FILTERS,
    kinds: texts(told["kind"]),
    sources: texts(told["source"]),
    severityMin: severity >= 1 ? severity : null,
    zone: typeof told["zone"] === "string" ? told["zone"] : null,
  };
}

export function paramTexts(params: Readonly<Record<string, unknown>>): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => [name, String(value as string | number | boolean)]));
}

/** What the address holds when a question is opened and run, its period as it stands now. */
export function openedExtra(one: Saved): Record<string, string> {
  const params = Object.fromEntries(Object.entries(paramTexts(one.params)).map(([name, value]) => [`p.${name}`, value]));
  return { tab: "analyses", analysis: one.analysis, run: "1", question: one.question_id, ...params };
}

/** The same question over another period, as a run kept for comparison. */
export function keptBefore(one: Saved): string {
  const [from, to] = [Date.parse(one.from), Date.parse(one.to)];
  return keptText({ from: rfc3339(from - (to - from)), to: rfc3339(from) }, paramTexts(one.params), one.filters);
}

const DAYS: Record<string, number> = { "7d": 7, "30d": 30 };

/** What an address kept in the browser asked; null when it is no question. */
export function specOfAddress(title: string, address: string, language: "fr" | "en"): Spec | null {
  const [path = "", search = ""] = address.split("?");
  const url = parseUrl(path, search);
  const analysis = url.extra["analysis"];
  if (url.screen !== "yesterday" || !analysis) return null;
  const { period } = url;
  const told = isPreset(period)
    ? { unit: "day" as const, n: DAYS[period.preset] ?? 1 }
    : { unit: "fixed" as const, n: 0, from: rfc3339(period.from), to: rfc3339(period.to) };
  return { title: title.slice(0, 120), analysis, params: paramsOf(url.extra), filters: filtersTold(url.filters), period: told, shared: [], schedule: null, language };
}
