/** The calendar of the agenda; pure. */
import { addDays } from "@/lib/time";

export interface CalendarCell<T> { day: string; value: T | null; inside: boolean }

/** Weeks from Monday to Sunday that hold `days` days from `from`; days outside the span are marked. */
export function weeks<T extends { day: string }>(from: string, days: number, values: readonly T[]): CalendarCell<T>[][] {
  const byDay = new Map(values.map((value) => [value.day, value]));
  const weekday = (new Date(`${from}T12:00:00Z`).getUTCDay() + 6) % 7;
  const first = addDays(from, -weekday);
  const last = addDays(from, days - 1);
  const rows: CalendarCell<T>[][] = [];
  for (let start = first; start <= last; start = addDays(start, 7)) {
    rows.push(Array.from({ length: 7 }, (_, i) => {
      const day = addDays(start, i);
      return { day, value: byDay.get(day) ?? null, inside: day >= from && day <= last };
    }));
  }
  return rows;
}
