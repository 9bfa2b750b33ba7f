/** The way of a means on the map: streets as drawn lines, guesses as dashes; and where it comes from, in words. */
import type { LineString, MultiLineString, Position } from "geojson";

export interface WayLeg { guessed: boolean; line: readonly (readonly number[])[] }

const METRES_PER_DEGREE = 111_195;
const DASH_M = 40;
export const WINDS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
export type Wind = (typeof WINDS)[number];

function metres([ax = 0, ay = 0]: Position | readonly number[], [bx = 0, by = 0]: Position | readonly number[]): number {
  return Math.hypot((bx - ax) * Math.cos((ay * Math.PI) / 180), by - ay) * METRES_PER_DEGREE;
}

export function lengthOf(leg: WayLeg): number {
  return leg.line.slice(1).reduce((sum, point, i) => sum + metres(leg.line[i] ?? point, point), 0);
}

const between = (a = 0, b = 0, share: number): number => a + (b - a) * share;

/** A line cut into dashes of equal length, with gaps as long as they are. */
export function dashes(line: WayLeg["line"], dashM = DASH_M): MultiLineString {
  const found: Position[][] = [];
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1], line[i]];
    if (!a || !b) continue;
    const parts = Math.max(1, 2 * Math.round(metres(a, b) / dashM / 2) - 1);
    const at = (n: number): Position => [between(a[0], b[0], n / parts), between(a[1], b[1], n / parts)];
    for (let n = 0; n < parts; n += 2) found.push([at(n), at(n + 1)]);
  }
  return { type: "MultiLineString", coordinates: found };
}

export function streetLine(leg: WayLeg): LineString {
  return { type: "LineString", coordinates: leg.line.map(([lon = 0, lat = 0]) => [lon, lat]) };
}

/** The side from which a way reaches its goal: eight winds; null without a way. */
export function comesFrom(way: readonly WayLeg[]): Wind | null {
  const [start, goal] = [way[0]?.line[0], way.at(-1)?.line.at(-1)];
  if (!start || !goal || metres(start, goal) < 1) return null;
  const [[x = 0, y = 0], [toX = 0, toY = 0]] = [start, goal];
  const turn = Math.atan2((x - toX) * Math.cos((toY * Math.PI) / 180), y - toY);
  return WINDS[(Math.round((turn * 4) / Math.PI) + 8) % 8] ?? null;
}
