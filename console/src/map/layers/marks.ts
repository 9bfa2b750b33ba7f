/** Single things on the map: facts, means, alerts, the selected spot. */
import type { Layer } from "@deck.gl/core";
import { IconLayer, ScatterplotLayer, TextLayer } from "@deck.gl/layers";
import type { Alert, MapPoint, MeansRow } from "@/api/types";
import { severityColour, severityLevel, type Rgba } from "@/lib/colour";
import { metresText } from "@/lib/numbers";
import { ICON_MAPPING, severityIcon } from "@/map/icons";
import type { Spot } from "@/state/mapStage";

const METRES_PER_DEGREE = 111_195;

export function pointLayer(points: readonly MapPoint[], icons: HTMLCanvasElement, look: { dimmed: boolean; zoom: number; scale: number }): Layer {
  return new IconLayer<MapPoint>({
    id: "points",
    data: points as MapPoint[],
    iconAtlas: icons as unknown as string,
    iconMapping: ICON_MAPPING as never,
    getIcon: (point) => severityIcon(severityLevel(point.severity)),
    getPosition: (point) => [point.lon, point.lat],
    getSize: (look.zoom >= 15 ? 24 : 19) * look.scale,
    sizeUnits: "pixels",
    getColor: (point) => [255, 255, 255, look.dimmed ? 120 : point.status === "closed" ? 165 : 255],
    pickable: true,
    updateTriggers: { getColor: [look.dimmed], getSize: [look.zoom >= 15] },
  });
}

/** Means: a ring when its position is old, a full disc when it is fresh. */
export function meansLayer(means: readonly MeansRow[], look: { dark: boolean; still: boolean; zoom: number; scale: number }): Layer {
  const ink: Rgba = look.dark ? [170, 225, 190, 255] : [22, 101, 62, 255];
  const paper: Rgba = look.dark ? [11, 17, 24, 255] : [255, 255, 255, 255];
  const near = look.zoom >= 12.5;
  return new ScatterplotLayer<MeansRow>({
    id: "means",
    // From afar only what moves now; old positions are seen from nearer, hollow.
    data: means.filter((row) => row.lon !== null && row.lat !== null && (near || !row.stale)),
    getPosition: (row) => [row.lon ?? 0, row.lat ?? 0],
    getRadius: (near ? 5 : 2.6) * look.scale,
    radiusUnits: "pixels",
    filled: true,
    stroked: true,
    getFillColor: (row) => (row.stale ? [...paper.slice(0, 3), 160] as Rgba : ink),
    getLineColor: (row) => (row.stale ? ink : paper),
    getLineWidth: near ? 1.6 : 0.8,
    lineWidthUnits: "pixels",
    pickable: true,
    ...(look.still ? {} : { transitions: { getPosition: 900 } }),
    updateTriggers: { getFillColor: [look.dark], getLineColor: [look.dark], getRadius: [near], getLineWidth: [near] },
  });
}

export function alertLayer(alerts: readonly Alert[]): Layer {
  return new ScatterplotLayer<Alert>({
    id: "alerts",
    data: alerts.filter((alert) => alert.lon !== null && alert.lat !== null),
    getPosition: (alert) => [alert.lon ?? 0, alert.lat ?? 0],
    getRadius: 16,
    radiusUnits: "pixels",
    filled: true,
    getFillColor: (alert) => [...severityColour(alert.severity), 40] as Rgba,
    stroked: true,
    getLineColor: (alert) => [...severityColour(alert.severity), 255] as Rgba,
    getLineWidth: 3,
    lineWidthUnits: "pixels",
    pickable: true,
  });
}

/** How wide the ring is, on its northern edge. */
function ringName(spot: Spot, radiusM: number, { dark, language, scale }: { dark: boolean; language: string; scale: number }): Layer {
  return new TextLayer<Spot>({
    id: "near-radius-name",
    data: [spot],
    getPosition: (s) => [s.lon, s.lat + radiusM / METRES_PER_DEGREE],
    getText: () => metresText(radiusM, language),
    getSize: 12 * scale,
    getColor: dark ? [124, 184, 242, 255] : [11, 83, 148, 255],
    background: true,
    getBackgroundColor: dark ? [22, 31, 41, 235] : [255, 255, 255, 240],
    backgroundPadding: [4, 1],
    fontWeight: 700,
    fontFamily: "Inter Variable, sans-serif",
    updateTriggers: { getPosition: [radiusM], getText: [radiusM, language], getColor: [dark], getBackgroundColor: [dark] },
  });
}

/** The selected place: its uncertainty as a disc on the ground, and a ring that is seen at any zoom. */
export function spotLayers(spot: Spot, nearRadiusM: number | null, { dark, language, scale }: { dark: boolean; language: string; scale: number }): Layer[] {
  const accent: Rgba = dark ? [124, 184, 242, 255] : [11, 83, 148, 255];
  const at = [spot];
  const layers: Layer[] = [];
  const disc = (id: string, radius: number, fill: number): Layer => new ScatterplotLayer<Spot>({
    id,
    data: at,
    getPosition: (s) => [s.lon, s.lat],
    getRadius: radius,
    radiusUnits: "meters",
    filled: true,
    stroked: true,
    getFillColor: [accent[0], accent[1], accent[2], fill],
    getLineColor: [accent[0], accent[1], accent[2], 220],
    getLineWidth: 2 * scale,
    lineWidthUnits: "pixels",
    updateTriggers: { getRadius: [radius], getFillColor: [dark] },
  });
  if (nearRadiusM) layers.push(disc("near-radius", nearRadiusM, 12), ringName(spot, nearRadiusM, { dark, language, scale }));
  if (spot.accuracyM && spot.accuracyM > 5) layers.push(disc("spot-accuracy", spot.accuracyM, 40));
  layers.push(new ScatterplotLayer<Spot>({
    id: "spot",
    data: at,
    getPosition: (s) => [s.lon, s.lat],
    getRadius: 15,
    radiusUnits: "pixels",
    filled: false,
    stroked: true,
    getLineColor: accent,
    getLineWidth: 3,
    lineWidthUnits: "pixels",
    updateTriggers: { getLineColor: [dark] },
  }));
  return layers;
}
