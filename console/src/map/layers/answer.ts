/** The rows of an answer where they are: filled by their value, hatched where it is withheld, outlined when chosen. */
import type { Layer } from "@deck.gl/core";
import { GeoJsonLayer, LineLayer } from "@deck.gl/layers";
import type { Position } from "geojson";
import type { Rgba } from "@/lib/colour";
import type { AnswerOnMap, AnswerShape } from "@/state/answerMap";

interface Told { properties: { shape: AnswerShape } }

const isLine = (feature: unknown): boolean => (feature as Told).properties.shape.geometry.type === "LineString";
const opaque = ([r, g, b, a]: Rgba): Rgba => [r, g, b, a === 0 ? 0 : 255];

const features = (shapes: readonly AnswerShape[]): never => shapes.map((shape) => ({ type: "Feature", geometry: shape.geometry, properties: { shape } })) as never;

export function answerLayers(answer: AnswerOnMap, look: { dark: boolean; scale: number; beforeId: string | undefined }): Layer[] {
  const ink: Rgba = look.dark ? [232, 238, 243, 255] : [20, 33, 45, 255];
  const faint: Rgba = look.dark ? [200, 210, 220, 60] : [20, 33, 45, 45];
  const under = look.beforeId ? { beforeId: look.beforeId } : {};
  return [
    new GeoJsonLayer({
      id: "answer",
      data: features(answer.shapes),
      filled: true, stroked: true, pickable: true,
      pointType: "circle", getPointRadius: 6 * look.scale, pointRadiusUnits: "pixels",
      getFillColor: (feature: unknown) => (feature as Told).properties.shape.colour,
      // A stretch of street has no inside: its line carries the colour.
      getLineColor: (feature: unknown) => (isLine(feature) ? opaque((feature as Told).properties.shape.colour) : faint),
      getLineWidth: (feature: unknown) => (isLine(feature) ? 4 * look.scale : 0.6), lineWidthUnits: "pixels",
      updateTriggers: { getLineColor: [look.dark] },
      ...under,
    } as never),
    new LineLayer<readonly [Position, Position]>({
      id: "answer-withheld",
      data: [...answer.hatching],
      getSourcePosition: ([from]: readonly [Position, Position]) => from as [number, number],
      getTargetPosition: ([, to]: readonly [Position, Position]) => to as [number, number],
      getColor: look.dark ? [200, 210, 220, 150] : [70, 80, 90, 150],
      getWidth: 1, widthUnits: "pixels",
      updateTriggers: { getColor: [look.dark] },
      ...under,
    } as never),
    ...(answer.chosen ? [new GeoJsonLayer({
      id: "answer-chosen",
      data: features([answer.chosen]),
      filled: false, stroked: true,
      pointType: "circle", getPointRadius: 9 * look.scale, pointRadiusUnits: "pixels",
      getLineColor: ink, getLineWidth: 3 * look.scale, lineWidthUnits: "pixels",
      updateTriggers: { getLineColor: [look.dark] },
    } as never)] : []),
  ];
}
