/** Small corrections to the outline's data before it is drawn; pure. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { geometryBox, type Box } from "@/lib/bbox";
import { BASEMAP_LAYERS, PART } from "@/map/style";

/** What is there of the outline, as one collection that says of each thing which part it is of. */
export function oneOutline(parts: Record<string, FeatureCollection | undefined>): FeatureCollection {
  const features = BASEMAP_LAYERS.flatMap((name) => {
    const data = parts[name];
    if (!data) return [];
    const shown = name === "water" ? beyondFrame(data) : data;
    return shown.features.map((feature) => ({ ...feature, properties: { ...feature.properties, [PART]: name } }));
  });
  return { type: "FeatureCollection", features };
}

/** How far the sea goes beyond the outline's frame, degrees. */
const BEYOND = 3;

type Point = [number, number];

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-4;

/** Which sides of its box a shape runs along (rather than touches): west, south, east, north. */
function sidesAlong(points: readonly Point[], [w, s, e, n]: Box): [boolean, boolean, boolean, boolean] {
  const along = (on: (point: Point) => boolean, at: (point: Point) => number, length: number): boolean => {
    const places = points.filter(on).map(at);
    return places.length > 1 && Math.max(...places) - Math.min(...places) > 0.3 * length;
  };
  const lon = (point: Point): number => point[0];
  const lat = (point: Point): number => point[1];
  return [
    along((p) => near(p[0], w), lat, n - s),
    along((p) => near(p[1], s), lon, e - w),
    along((p) => near(p[0], e), lat, n - s),
    along((p) => near(p[1], n), lon, e - w),
  ];
}

function push([lon, lat]: Point, [w, s, e, n]: Box, [west, south, east, north]: readonly boolean[]): Point {
  return [
    west && near(lon, w) ? lon - BEYOND : east && near(lon, e) ? lon + BEYOND : lon,
    south && near(lat, s) ? lat - BEYOND : north && near(lat, n) ? lat + BEYOND : lat,
  ];
}

function mapPoints(geometry: Geometry, change: (point: Point) => Point): Geometry {
  const walk = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    return typeof value[0] === "number" ? change(value as Point) : value.map(walk);
  };
  return "coordinates" in geometry ? ({ ...geometry, coordinates: walk(geometry.coordinates) } as Geometry) : geometry;
}

/** Let what touches the frame of the outline go on beyond it, so that no edge of the world is seen. */
export function beyondFrame(collection: FeatureCollection): FeatureCollection {
  return {
    ...collection,
    features: collection.features.map((feature) => {
      const box = geometryBox(feature.geometry);
      if (!box) return feature;
      const points: Point[] = [];
      mapPoints(feature.geometry, (point) => {
        points.push(point);
        return point;
      });
      const sides = sidesAlong(points, box);
      return { ...feature, geometry: mapPoints(feature.geometry, (point) => push(point, box, sides)) };
    }),
  };
}

function ringArea(ring: readonly number[][]): number {
  let area = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const a = ring[i] ?? [0, 0];
    const b = ring[i + 1] ?? [0, 0];
    area += (a[0] ?? 0) * (b[1] ?? 0) - (b[0] ?? 0) * (a[1] ?? 0);
  }
  return area / 2;
}

/** The centre of mass of the largest part of a polygon. */
export function labelPoint(geometry: Geometry): Point | null {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  let best: readonly number[][] | null = null;
  for (const polygon of polygons) {
    const ring = polygon[0];
    if (ring && (best === null || Math.abs(ringArea(ring)) > Math.abs(ringArea(best)))) best = ring;
  }
  if (!best) return null;
  const area = ringArea(best);
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < best.length; i += 1) {
    const [ax = 0, ay = 0] = best[i] ?? [];
    const [bx = 0, by = 0] = best[i + 1] ?? [];
    const cross = ax * by - bx * ay;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area === 0 ? null : [x / (6 * area), y / (6 * area)];
}

/** The words all labels end with ("arrondissement") are said once by the legend of the city, not sixteen times. */
export function shortLabels(labels: readonly string[]): string[] {
  const [first] = labels;
  const tail = first?.split(" ").slice(1).join(" ") ?? "";
  const shared = tail !== "" && labels.length > 1 && labels.every((label) => label.split(" ").slice(1).join(" ").replace(/s$/, "") === tail.replace(/s$/, ""));
  return labels.map((label) => (shared ? (label.split(" ")[0] ?? label) : label));
}

/** One point per zone, with its full and its short name. */
export function zoneLabels(zones: FeatureCollection): FeatureCollection {
  const labels = zones.features.map((feature) => String(feature.properties?.["label"] ?? feature.properties?.["name"] ?? ""));
  const short = shortLabels(labels);
  const features = zones.features.flatMap((feature, i): Feature[] => {
    const at = labelPoint(feature.geometry);
    return at ? [{ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { label: labels[i] ?? "", short: short[i] ?? "" } }] : [];
  });
  return { type: "FeatureCollection", features };
}
