/** Courses of streets in answers: WKT lines, as the map layer of the command line reads them. */

/** Column of an answer that holds courses: drawn and exported, never read as text. */
export const COURSE = "course";

export interface Line {
  type: "LineString";
  coordinates: [number, number][];
}

/** The line a WKT text tells, or null when it tells none. */
export function lineOf(text: unknown): Line | null {
  const told = typeof text === "string" ? /^LINESTRING \(([^()]+)\)$/.exec(text)?.[1] : undefined;
  if (told === undefined) return null;
  const coordinates = told.split(",").map((point): [number, number] => {
    const [lon, lat] = point.trim().split(" ").map(Number);
    return [lon ?? NaN, lat ?? NaN];
  });
  return coordinates.length > 1 && coordinates.flat().every(Number.isFinite) ? { type: "LineString", coordinates } : null;
}
