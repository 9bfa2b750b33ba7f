/** Counts by local weekday and hour, from hourly buckets; pure. */
import { HOUR, localParts } from "@/lib/time";

/** Seven rows (Monday first) of twenty-four counts, in the city's zone. */
export function weekHours(items: readonly { at: number; n: number }[], zone: string): number[][] {
  const table = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  const memo = new Map<number, readonly [number, number]>();
  for (const { at, n } of items) {
    const key = Math.floor(at / HOUR);
    let slot = memo.get(key);
    if (!slot) {
      const parts = localParts(at, zone);
      slot = [parts.weekday, parts.hour];
      memo.set(key, slot);
    }
    const row = table[slot[0]];
    if (row) row[slot[1]] = (row[slot[1]] ?? 0) + n;
  }
  return table;
}
