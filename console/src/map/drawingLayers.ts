/** What is being drawn, and sketches of forms, as layers above everything else. */
import type { Layer } from "@deck.gl/core";
import { GeoJsonLayer, ScatterplotLayer } from "@deck.gl/layers";
import type { Feature, Geometry } from "geojson";
import type { Rgba } from "@/lib/colour";
import { toGeometry, type Corner, type Drawn } from "@/map/drawing";

/** Shown while an area has two corners only: the line they make. */
function soFar(drawn: Drawn): Geometry | null {
  return toGeometry(drawn) ?? (drawn.corners.length > 1 ? { type: "LineString", coordinates: drawn.corners } : null);
}

export function drawingLayers(drawn: Drawn, look: { dark: boolean; scale: number }): Layer[] {
  const ink: Rgba = look.dark ? [255, 214, 102, 255] : [138, 28, 112, 255];
  const paper: Rgba = look.dark ? [11, 17, 24, 255] : [255, 255, 255, 255];
  const geometry = soFar(drawn);
  const layers: Layer[] = [];
  if (geometry && geometry.type !== "Point") {
    const feature: Feature = { type: "Feature", geometry, properties: {} };
    layers.push(new GeoJsonLayer({
      id: "drawing",
      data: [feature] as never,
      filled: true,
      stroked: true,
      getFillColor: [ink[0], ink[1], ink[2], 46],
      getLineColor: ink,
      getLineWidth: 2.5 * look.scale,
      lineWidthUnits: "pixels",
      updateTriggers: { getFillColor: [look.dark], getLineColor: [look.dark] },
    }));
  }
  layers.push(new ScatterplotLayer<Corner>({
    id: "drawing-corners",
    data: drawn.corners,
    getPosition: (corner) => corner,
    getRadius: 6 * look.scale,
    radiusUnits: "pixels",
    filled: true,
    stroked: true,
    getFillColor: paper,
    getLineColor: ink,
    getLineWidth: 2.5,
    lineWidthUnits: "pixels",
    updateTriggers: { getFillColor: [look.dark], getLineColor: [look.dark] },
  }));
  return layers;
}
