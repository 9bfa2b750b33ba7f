/** An event's file on the map: perimeter, closures, diversions, barriers, posts; each with its short name. */
import type { Layer } from "@deck.gl/core";
import { GeoJsonLayer, ScatterplotLayer, TextLayer } from "@deck.gl/layers";
import type { Position } from "geojson";
import type { Rgba } from "@/lib/colour";
import type { EventShape, EventSign } from "@/state/mapStage";

const WIDTH: Record<EventSign, number> = { perimeter: 2, post: 2, barrier: 5, closure: 6, diversion: 3, camera: 1.2, way: 4, guess: 2.5 };
/** How strongly ground is filled, 0 to 255: what overlaps stays readable. */
const FILL: Record<EventSign, number> = { perimeter: 18, post: 18, barrier: 18, closure: 40, diversion: 18, camera: 22, way: 0, guess: 0 };
const LIGHT: Record<EventSign, Rgba> = {
  perimeter: [20, 33, 45, 255], post: [20, 33, 45, 255], barrier: [20, 33, 45, 255], closure: [163, 16, 63, 255], diversion: [11, 83, 148, 255], camera: [11, 83, 148, 230], way: [94, 48, 160, 235], guess: [94, 48, 160, 235],
};
const DARK: Record<EventSign, Rgba> = {
  perimeter: [226, 232, 237, 255], post: [226, 232, 237, 255], barrier: [226, 232, 237, 255], closure: [255, 133, 163, 255], diversion: [126, 184, 240, 255], camera: [126, 184, 240, 230], way: [200, 162, 255, 240], guess: [200, 162, 255, 240],
};

/** Where a shape's name stands: a point, or the middle corner of a line. */
export function labelPoint(shape: EventShape): Position | null {
  const { geometry } = shape;
  if (geometry.type === "Point") return geometry.coordinates;
  if (geometry.type !== "LineString") return null;
  const points = geometry.coordinates;
  const [a, b] = [points[Math.floor((points.length - 1) / 2)], points[Math.ceil((points.length - 1) / 2)]];
  if (!a || !b) return null;
  const other = a === b ? points[Math.floor((points.length - 1) / 2) + 1] ?? b : b;
  return [((a[0] ?? 0) + (other[0] ?? 0)) / 2, ((a[1] ?? 0) + (other[1] ?? 0)) / 2];
}

export function eventFileLayers(shapes: readonly EventShape[], look: { dark: boolean; scale: number }): Layer[] {
  const ink = look.dark ? DARK : LIGHT;
  const paper: Rgba = look.dark ? [22, 31, 41, 235] : [255, 255, 255, 240];
  const lines = shapes.filter((one) => one.geometry.type !== "Point");
  const posts = shapes.filter((one) => one.geometry.type === "Point");
  const named = shapes.filter((one) => one.label !== "" && labelPoint(one) !== null);
  const triggers = { data: [look.dark] };
  return [
    new GeoJsonLayer<{ sign: EventSign; selected: boolean }>({
      id: "event-file-lines",
      data: lines.map((one) => ({ type: "Feature", geometry: one.geometry, properties: { sign: one.sign, selected: one.selected } })) as never,
      filled: true, stroked: true,
      getFillColor: (feature) => [...ink[feature.properties.sign].slice(0, 3), FILL[feature.properties.sign]] as unknown as Rgba,
      getLineColor: (feature) => ink[feature.properties.sign],
      getLineWidth: (feature) => (WIDTH[feature.properties.sign] + (feature.properties.selected ? 3 : 0)) * look.scale,
      lineWidthUnits: "pixels", lineCapRounded: true, lineJointRounded: true,
      updateTriggers: { getLineColor: triggers.data, getFillColor: triggers.data, getLineWidth: [shapes] },
    }),
    new ScatterplotLayer<EventShape>({
      id: "event-file-posts",
      data: posts,
      getPosition: (one) => (one.geometry.type === "Point" ? one.geometry.coordinates : [0, 0]) as [number, number],
      getRadius: (one) => (one.selected ? 9 : 6) * look.scale,
      radiusUnits: "pixels", filled: true, stroked: true,
      getFillColor: paper, getLineColor: ink.post, getLineWidth: 2.5, lineWidthUnits: "pixels",
      updateTriggers: { getFillColor: triggers.data, getLineColor: triggers.data, getRadius: [shapes] },
    }),
    new TextLayer<EventShape>({
      id: "event-file-names",
      data: named,
      getPosition: (one) => (labelPoint(one) ?? [0, 0]) as [number, number],
      getText: (one) => one.label,
      getSize: 12 * look.scale, getColor: ink.post, getPixelOffset: [0, -16],
      background: true, getBackgroundColor: paper, backgroundPadding: [3, 1],
      fontWeight: 700, fontFamily: "Inter Variable, sans-serif",
      updateTriggers: { getColor: triggers.data, getBackgroundColor: triggers.data },
    }),
  ];
}
