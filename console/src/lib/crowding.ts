/** How far a crowd is above what is usual, in classes that a legend can tell. */
export const CROWD_BOUNDS = [1.1, 1.25, 1.5, 2] as const;
export const CROWD_CLASSES = CROWD_BOUNDS.length + 1;

/** 0 for usual or less; null where nothing may be told. */
export function crowdClass(ratio: number | null): number | null {
  if (ratio === null) return null;
  return CROWD_BOUNDS.filter((bound) => ratio >= bound).length;
}

/** Kind of an indicator of people present: no kind of fact. */
export const CROWDING = "presence.crowding";
