/** A count beside the one of a week before: what may be said of the change. */

export interface CountedLike { n: number; low: number; high: number }

export interface Change {
  /** Relative change; null when there was nothing before. */
  ratio: number | null;
  /** `more` or `less` only when the 95 % intervals do not overlap; else nothing may be claimed. */
  verdict: "more" | "less" | "unsure";
  /** Whether the figure rests on so few events that it should look different. */
  small: boolean;
}

/** Below this many events in both windows a change is not worth reading. */
export const SMALL_BASE = 20;

export function compare(now: CountedLike, before: CountedLike): Change {
  const verdict = now.low > before.high ? "more" : now.high < before.low ? "less" : "unsure";
  return {
    ratio: before.n === 0 ? null : now.n / before.n - 1,
    verdict,
    small: Math.max(now.n, before.n) < SMALL_BASE,
  };
}
