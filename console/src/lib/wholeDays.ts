/** What may be asked by who sees no facts: whole local days that are over, one district, themes (situation/days.py). */
import { addDays, DAY, dayStart, HOUR, isPreset, localDay, type Period, type Range } from "@/lib/time";
import type { Filters } from "@/lib/urlState";

export const MOST_DAYS = 93;
export const DISTRICTS = "arrondissement";

/** After its end, until a day may be told about. */
const DELAY = 6 * HOUR;

const PRESET_DAYS = { "1h": 1, "24h": 1, "7d": 7, "30d": 30, all: MOST_DAYS } as const;

/** Windows worth offering: an hour is none of them. */
export const DAY_PRESETS = ["24h", "7d", "30d", "all"] as const;

/** The start of the first local day that is not over for long enough. */
function over(now: number, zone: string): string {
  return localDay(now - DELAY, zone);
}

function between(first: string, end: string, zone: string): Range {
  return { from: dayStart(first, zone), to: dayStart(end, zone) };
}

/** The whole days nearest to a period: at least one, at most 93, none that is not over. */
export function wholeDays(period: Period, now: number, zone: string): Range {
  const last = over(now, zone);
  if (isPreset(period)) return between(addDays(last, -PRESET_DAYS[period.preset]), last, zone);
  const first = localDay(period.from + DAY / 2, zone);
  const wanted = localDay(period.to + DAY / 2, zone);
  const end = wanted < last ? wanted : last;
  if (first >= end) return between(addDays(end, -1), end, zone);
  const most = addDays(end, -MOST_DAYS);
  return between(first < most ? most : first, end, zone);
}

/** How many local days a range of whole days holds. */
export function countDays(range: Range, zone: string): number {
  const end = localDay(range.to, zone);
  let day = localDay(range.from, zone);
  let n = 0;
  while (day < end && n <= MOST_DAYS) {
    day = addDays(day, 1);
    n += 1;
  }
  return n;
}

/** The filters without what such a question may not hold: sources, severity, state, detailed kinds, other zonings. */
export function coarse(filters: Filters): Filters {
  const zone = filters.zone?.startsWith(`${DISTRICTS}:`) ? filters.zone : null;
  return { kinds: filters.kinds.filter((kind) => !kind.includes(".")), sources: [], severityMin: null, status: null, zone };
}
