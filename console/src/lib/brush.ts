/** Moving and sizing a window of time; pure arithmetic behind the time bar. */
import type { Range } from "@/lib/time";

export type Grip = "from" | "to" | "window";

/** The shortest window one can make: ten minutes. */
export const SHORTEST = 10 * 60 * 1000;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Move one end or the whole window by `delta`, keeping it inside the domain and no shorter than the shortest. */
export function moveGrip(range: Range, grip: Grip, delta: number, domain: Range): Range {
  if (grip === "from") return { from: clamp(range.from + delta, domain.from, range.to - SHORTEST), to: range.to };
  if (grip === "to") return { from: range.from, to: clamp(range.to + delta, range.from + SHORTEST, domain.to) };
  const shift = clamp(delta, domain.from - range.from, domain.to - range.to);
  return { from: range.from + shift, to: range.to + shift };
}

/** The window between two instants in any order. */
export function spanOf(a: number, b: number, domain: Range): Range {
  const from = clamp(Math.min(a, b), domain.from, domain.to - SHORTEST);
  return { from, to: clamp(Math.max(a, b), from + SHORTEST, domain.to) };
}

/** Ends rounded to a step, so that addresses and cache keys stay few; never shorter than one step. */
export function snapRange(range: Range, step: number): Range {
  const from = Math.round(range.from / step) * step;
  return { from, to: Math.max(from + step, Math.round(range.to / step) * step) };
}

/** A rounding step that is small beside the domain: minutes, quarters, hours or days. */
export function stepOf(domain: Range): number {
  const span = domain.to - domain.from;
  const MIN = 60_000;
  return [5 * MIN, 15 * MIN, 60 * MIN, 6 * 60 * MIN, 24 * 60 * MIN].find((step) => span / step <= 300) ?? 24 * 60 * MIN;
}

export const toShare = (at: number, domain: Range): number => (at - domain.from) / (domain.to - domain.from);
export const fromShare = (share: number, domain: Range): number => domain.from + share * (domain.to - domain.from);

/** One SVG path for all bars of a histogram in a box of `width` x `height`. */
export function barsPath(items: readonly { at: number; n: number }[], bucketMs: number, domain: Range, width: number, height: number): string {
  let max = 0;
  for (const item of items) max = Math.max(max, item.n);
  if (max === 0) return "";
  let path = "";
  for (const item of items) {
    const left = toShare(item.at, domain) * width;
    const right = toShare(item.at + bucketMs, domain) * width;
    if (right <= 0 || left >= width || item.n === 0) continue;
    const gap = right - left > 3 ? 0.8 : 0;
    const h = Math.max(1, (item.n / max) * height);
    path += `M${Math.max(0, left).toFixed(1)} ${height}V${(height - h).toFixed(1)}H${Math.min(width, right - gap).toFixed(1)}V${height}Z`;
  }
  return path;
}

/** Instants for axis ticks: midnights or hours of the city, at most `most` of them. */
export function ticks(domain: Range, most: number, startOfDay: (at: number) => number): number[] {
  const HOUR = 3_600_000;
  const span = domain.to - domain.from;
  const steps = [1, 3, 6, 12, 24, 48, 168, 336, 720, 1440, 2160, 4320, 8760].map((h) => h * HOUR);
  const step = steps.find((s) => span / s <= most) ?? 8760 * HOUR;
  const found: number[] = [];
  let at = startOfDay(domain.from);
  while (at < domain.to) {
    if (at > domain.from + span * 0.01) found.push(at);
    // Whole days are counted on the calendar, so that ticks stay on midnight across clock changes.
    const next = at + step;
    at = step >= 24 * HOUR ? startOfDay(next + 2 * HOUR) : next;
  }
  return found;
}
