/** Boxes on the ground: west, south, east, north in degrees. */

export type Box = [number, number, number, number];

/** Grow the box by a share of its size and snap it outwards, so that small moves ask nothing new. */
export function snapBox([w, s, e, n]: Box, grow = 0.08): Box {
  const dx = (e - w) * grow;
  const dy = (n - s) * grow;
  const step = gridStep(Math.max(e - w, n - s));
  const down = (v: number): number => Math.floor(v / step) * step;
  const up = (v: number): number => Math.ceil(v / step) * step;
  return [
    Math.max(-180, down(w - dx)), Math.max(-85, down(s - dy)),
    Math.min(180, up(e + dx)), Math.min(85, up(n + dy)),
  ].map((v) => Number(v.toFixed(6))) as Box;
}

/** A sixteenth of the span, as a power of two, so that neighbours share edges. */
function gridStep(span: number): number {
  return Math.pow(2, Math.floor(Math.log2(Math.max(span, 1e-5) / 16)));
}

export function boxText(box: Box): string {
  return box.join(",");
}

/** The box of a GeoJSON geometry, or null when it has no coordinates. */
export function geometryBox(geometry: { coordinates?: unknown; geometries?: unknown } | null | undefined): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [x, y] = value as unknown[];
    if (typeof x === "number" && typeof y === "number") {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
      return;
    }
    value.forEach(walk);
  };
  walk(geometry?.coordinates);
  if (Array.isArray(geometry?.geometries)) {
    for (const part of geometry.geometries as { coordinates?: unknown }[]) walk(part.coordinates);
  }
  return Number.isFinite(box[0]) ? box : null;
}

const EARTH_M = 6_371_008.8;

/** Metres between two points along the great circle. */
export function distanceM(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLon = (b.lon - a.lon) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** About 700 m: a venue with the streets around it. */
const LEAST_DEG = 0.009;

/** A box with the streets around it. */
export function withSurroundings([west, south, east, north]: Box): Box {
  const half = Math.max(east - west, north - south, LEAST_DEG) / 2;
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  return [x - half, y - half, x + half, y + half];
}
