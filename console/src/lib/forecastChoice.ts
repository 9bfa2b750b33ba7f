/** Which forecast is looked at: its grid and how many days it looks ahead, as the address says them; pure. */

export interface RunLike { forecast_id: string; state: string; grid: string; origin_at: string; until_at: string }

export const USUAL_GRID = "h3:8";
export const USUAL_DAYS = 7;
export const MOST_DAYS = 28;
/** Regular grids offered beside the city's zonings: hexagons by resolution, squares by their side in metres. */
export const REGULAR_GRIDS = ["h3:7", "h3:8", "h3:9", "square:500", "square:1000"] as const;
const GRID = /^(h3:[789]|square:\d{3,5}|zoning:[\w-]{1,60})$/;
const DAY_MS = 86_400_000;

export interface Choice {
  grid: string;
  /** Null: whatever the newest run of the grid looks ahead. */
  days: number | null;
}

/** What the address asks for; what cannot be understood is the usual. */
export function choiceOf(extra: Readonly<Record<string, string>>): Choice {
  const grid = extra["grid"] ?? "";
  const days = Number(extra["days"] ?? "");
  return { grid: GRID.test(grid) ? grid : USUAL_GRID, days: Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days : null };
}

/** Local days that a run looks ahead; a change of the clock makes one of them an hour longer or shorter. */
export function daysOf(run: Pick<RunLike, "origin_at" | "until_at">): number {
  return Math.round((Date.parse(run.until_at) - Date.parse(run.origin_at)) / DAY_MS);
}

/** The newest run of a choice that is ready; the list is newest first. */
export function runOf<T extends RunLike>(runs: readonly T[], { grid, days }: Choice): T | undefined {
  return runs.find((run) => run.state === "ready" && run.grid === grid && (days === null || daysOf(run) === days));
}

/** The run of a choice that waits or is being made. */
export function awaitedOf<T extends RunLike>(runs: readonly T[], { grid, days }: Choice): T | undefined {
  return runs.find((run) => (run.state === "waiting" || run.state === "running") && run.grid === grid && (days === null || daysOf(run) === days));
}

export function isZoned(grid: string): boolean {
  return grid.startsWith("zoning:");
}
