/** What will vanish when, from counts by rule and local day. */
import { addDays } from "@/lib/time";

export interface DayCount { rule: string; on: string; n: number }

export interface Vanishing {
  rule: string;
  /** The first day on which something vanishes, and how much. */
  next: { on: string; n: number };
  week: number;
  month: number;
  all: number;
  /** Each day that has something, in order. */
  days: { on: string; n: number }[];
}

/** One line per rule, the soonest first; `today` is a local day, `week` and `month` count from it. */
export function vanishingByRule(counts: readonly DayCount[], today: string): Vanishing[] {
  const byRule = new Map<string, { on: string; n: number }[]>();
  for (const { rule, on, n } of counts) if (n > 0) byRule.set(rule, [...(byRule.get(rule) ?? []), { on, n }]);
  const before = (days: readonly { on: string; n: number }[], end: string): number => days.reduce((sum, day) => (day.on < end ? sum + day.n : sum), 0);
  const lines = [...byRule].flatMap(([rule, unsorted]) => {
    const days = [...unsorted].sort((a, b) => (a.on < b.on ? -1 : 1));
    const next = days[0];
    return next ? [{ rule, next, week: before(days, addDays(today, 7)), month: before(days, addDays(today, 30)), all: before(days, "9999"), days }] : [];
  });
  return lines.sort((a, b) => a.next.on.localeCompare(b.next.on) || b.all - a.all);
}

/** Heights from 0 to 1 of `days` bars from `today` on; whatever is there can be seen. */
export function barsOf(days: readonly { on: string; n: number }[], today: string, count: number): number[] {
  const at = new Map(days.map((day) => [day.on, day.n]));
  const max = Math.max(1, ...days.map((day) => day.n));
  return Array.from({ length: count }, (_, i) => {
    const n = at.get(addDays(today, i)) ?? 0;
    return n === 0 ? 0 : Math.max(0.08, n / max);
  });
}
