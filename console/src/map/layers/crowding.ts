/** Crowds by cell: colour for how far above what is usual, the number of people in figures. */
import type { Layer } from "@deck.gl/core";
import { H3HexagonLayer } from "@deck.gl/geo-layers";
import { TextLayer } from "@deck.gl/layers";
import type { CrowdCell } from "@/api/crowding";
import { crowdClass, CROWD_CLASSES } from "@/lib/crowding";
import type { Rgba } from "@/lib/colour";
import { expectedColour, UNRELIABLE } from "@/lib/forecast";
import { shortCount } from "@/lib/numbers";

const NAMED_FROM = 11.5;

export function crowdFill(cell: CrowdCell, dark: boolean): Rgba {
  const index = crowdClass(cell.ratio);
  if (index === null) return [...UNRELIABLE, 30];
  if (index === 0) return [...UNRELIABLE, 60];
  return [...expectedColour(index - 1, CROWD_CLASSES - 1, dark), 185];
}

export function crowdLayers(cells: readonly CrowdCell[], look: { dark: boolean; language: string; zoom: number; scale: number; beforeId: string | undefined }): Layer[] {
  const line: Rgba = look.dark ? [255, 255, 255, 235] : [20, 33, 45, 235];
  const layers: Layer[] = [new H3HexagonLayer<CrowdCell>({
    id: "crowding",
    data: cells as CrowdCell[],
    getHexagon: (one: CrowdCell) => one.cell,
    getFillColor: (one: CrowdCell) => crowdFill(one, look.dark),
    getLineColor: line,
    getLineWidth: (one: CrowdCell) => (one.state === "above" ? 3 : 0.8) * look.scale,
    lineWidthUnits: "pixels", extruded: false, stroked: true, filled: true, coverage: 0.94, highPrecision: false,
    updateTriggers: { getFillColor: [look.dark], getLineColor: [look.dark], getLineWidth: [look.scale] },
    ...(look.beforeId ? { beforeId: look.beforeId } : {}),
  } as never)];
  if (look.zoom >= NAMED_FROM) {
    layers.push(new TextLayer<CrowdCell>({
      id: "crowding-people",
      data: cells.filter((one) => one.people !== null),
      getPosition: (one) => [one.lon, one.lat],
      getText: (one) => shortCount(one.people ?? 0, look.language),
      getSize: 12 * look.scale,
      getColor: look.dark ? [226, 232, 237, 255] : [20, 33, 45, 255],
      background: true,
      getBackgroundColor: look.dark ? [22, 31, 41, 215] : [255, 255, 255, 215],
      backgroundPadding: [3, 1],
      fontWeight: 700, fontFamily: "Inter Variable, sans-serif",
      updateTriggers: { getColor: [look.dark], getBackgroundColor: [look.dark], getText: [look.language] },
    }));
  }
  return layers;
}
