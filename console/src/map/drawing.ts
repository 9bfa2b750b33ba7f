/** Drawing a point, a line or an area: corners in order, what they make, and the one drawing in progress. */
import type { Geometry } from "geojson";
import { useSyncExternalStore } from "react";

export type DrawnShape = "point" | "line" | "area";
/** Longitude, latitude, degrees. */
export type Corner = [number, number];

export interface Drawn { shape: DrawnShape; corners: Corner[] }

export const LEAST: Record<DrawnShape, number> = { point: 1, line: 2, area: 3 };

const near = (a: Corner, b: Corner): boolean => Math.abs(a[0] - b[0]) < 1e-9 && Math.abs(a[1] - b[1]) < 1e-9;
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

export function cornerAt(lon: number, lat: number): Corner {
  return [round(lon), round(lat)];
}

/** What the corners make; null while there are too few of them. */
export function toGeometry({ shape, corners }: Drawn): Geometry | null {
  const [first] = corners;
  if (!first || corners.length < LEAST[shape]) return null;
  if (shape === "point") return { type: "Point", coordinates: first };
  if (shape === "line") return { type: "LineString", coordinates: corners };
  return { type: "Polygon", coordinates: [[...corners, first]] };
}

/** The corners of a geometry; null of one that has several parts or holes: it is kept or drawn anew. */
export function fromGeometry(geometry: Geometry | null | undefined): Drawn | null {
  const corner = (position: readonly number[]): Corner => cornerAt(position[0] ?? 0, position[1] ?? 0);
  if (geometry?.type === "Point") return { shape: "point", corners: [corner(geometry.coordinates)] };
  if (geometry?.type === "LineString") return { shape: "line", corners: geometry.coordinates.map(corner) };
  if (geometry?.type === "Polygon" && geometry.coordinates.length === 1) {
    const ring = (geometry.coordinates[0] ?? []).map(corner);
    const [first] = ring;
    const last = ring[ring.length - 1];
    return { shape: "area", corners: first && last && ring.length > 1 && near(first, last) ? ring.slice(0, -1) : ring };
  }
  return null;
}

const side = (a: Corner, b: Corner, c: Corner): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

/** Whether the border of an area crosses itself: such an area has no inside. */
export function crosses({ shape, corners }: Drawn): boolean {
  if (shape !== "area") return false;
  const n = corners.length;
  const edge = (i: number): [Corner, Corner] => [corners[i % n] as Corner, corners[(i + 1) % n] as Corner];
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue;
      const [a, b] = edge(i);
      const [c, d] = edge(j);
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

export function withCorner(drawn: Drawn, corner: Corner): Drawn {
  if (drawn.shape === "point") return { ...drawn, corners: [corner] };
  const last = drawn.corners[drawn.corners.length - 1];
  return last && near(last, corner) ? drawn : { ...drawn, corners: [...drawn.corners, corner] };
}

export function withMoved(drawn: Drawn, index: number, corner: Corner): Drawn {
  return { ...drawn, corners: drawn.corners.map((one, i) => (i === index ? corner : one)) };
}

export function without(drawn: Drawn, index: number): Drawn {
  return { ...drawn, corners: drawn.corners.filter((_, i) => i !== index) };
}

/** "43.2965, 5.37" or "5.37 43.2965": the city's own box tells which is which; null when neither fits. */
export function readCorner(text: string, [west, south, east, north]: readonly [number, number, number, number]): Corner | null {
  const numbers = text.trim().split(/[\s;]+|,\s+|,(?=-?\d+\.)/).filter(Boolean).map((part) => Number(part.replace(",", ".")));
  const [a, b] = numbers;
  if (numbers.length !== 2 || a === undefined || b === undefined || !Number.isFinite(a) || !Number.isFinite(b)) return null;
  const within = (lon: number, lat: number): boolean => lon >= west - 1 && lon <= east + 1 && lat >= south - 1 && lat <= north + 1;
  if (within(b, a)) return cornerAt(b, a);
  return within(a, b) ? cornerAt(a, b) : null;
}

/** The drawing in progress: who draws holds it, the map shows it and adds to it. */
export interface Session {
  drawn: Drawn;
  change: (drawn: Drawn) => void;
  /** Whether the pointer draws; otherwise the drawing is only shown. */
  active: boolean;
}

let session: Session | null = null;
const listeners = new Set<() => void>();

function set(value: Session | null): void {
  session = value;
  listeners.forEach((tell) => { tell(); });
}

export function draw(value: Session | null): void {
  set(value);
}

export function readSession(): Session | null {
  return session;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, readSession);
}
