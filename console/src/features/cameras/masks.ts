/** Polygons on a picture: 0 to 1 from the left and from the top; what is moved stays on the picture. */
import type { Ring } from "@/api/video";

export const LEAST_CORNERS = 3;
export const MOST_CORNERS = 40;
export const MOST_MASKS = 20;
export const STEP = 0.005;
export const LONG_STEP = 0.05;

const within = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1e5) / 1e5;

export function rectangle(x0: number, y0: number, x1: number, y1: number): Ring {
  const [left, right] = [within(Math.min(x0, x1)), within(Math.max(x0, x1))];
  const [top, bottom] = [within(Math.min(y0, y1)), within(Math.max(y0, y1))];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** A polygon moved whole; it stops at the picture's edge and keeps its shape. */
export function moved(ring: Ring, dx: number, dy: number): Ring {
  const along = (axis: 0 | 1, by: number): number => {
    const told = ring.map((corner) => corner[axis] ?? 0);
    return Math.max(-Math.min(...told), Math.min(1 - Math.max(...told), by));
  };
  const [x, y] = [along(0, dx), along(1, dy)];
  return ring.map((corner) => [within((corner[0] ?? 0) + x), within((corner[1] ?? 0) + y)]);
}

export function withCorner(ring: Ring, at: number, x: number, y: number): Ring {
  return ring.map((corner, i) => (i === at ? [within(x), within(y)] : corner));
}

/** One corner more, in the middle of the longest side. */
export function withMoreCorners(ring: Ring): Ring {
  if (ring.length >= MOST_CORNERS) return ring;
  const sides = ring.map((corner, i) => {
    const next = ring[(i + 1) % ring.length] ?? corner;
    return { i, length: Math.hypot((next[0] ?? 0) - (corner[0] ?? 0), (next[1] ?? 0) - (corner[1] ?? 0)), middle: [within(((corner[0] ?? 0) + (next[0] ?? 0)) / 2), within(((corner[1] ?? 0) + (next[1] ?? 0)) / 2)] };
  });
  const longest = sides.reduce((a, b) => (b.length > a.length ? b : a));
  return [...ring.slice(0, longest.i + 1), longest.middle, ...ring.slice(longest.i + 1)];
}

export function withoutCorner(ring: Ring, at: number): Ring {
  return ring.length > LEAST_CORNERS ? ring.filter((_, i) => i !== at) : ring;
}

/** By how much an arrow key moves; null for another key. */
export function stepOf(key: string, long: boolean): [number, number] | null {
  const by = long ? LONG_STEP : STEP;
  const steps: Record<string, [number, number]> = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
  return steps[key] ?? null;
}
