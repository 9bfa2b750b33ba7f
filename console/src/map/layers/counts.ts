/** Cells and clusters: how many, where; data -> deck.gl layers, nothing else. */
import type { Layer } from "@deck.gl/core";
import { H3HexagonLayer } from "@deck.gl/geo-layers";
import { ScatterplotLayer, TextLayer } from "@deck.gl/layers";
import type { MapCell, MapCluster } from "@/api/types";
import { classColour, classOf, countClasses, type Rgba } from "@/lib/colour";
import { shortCount } from "@/lib/numbers";

export interface CountLook { dark: boolean; dimmed: boolean; language: string; scale: number; beforeId: string | undefined }

/** Largest count of an answer, which fixes the classes of the legend. */
export function maxCount(rows: readonly { n: number }[]): number {
  let max = 0;
  for (const row of rows) if (row.n > max) max = row.n;
  return max;
}

/** One colour per class, ready to be indexed by `classOf`. */
export function classColours(bounds: readonly number[], dark: boolean, alpha: number): Rgba[] {
  return bounds.map((_, i) => [...classColour(i, bounds.length, dark), alpha] as Rgba);
}

export function cellLayer(cells: readonly MapCell[], look: CountLook): Layer {
  const bounds = countClasses(maxCount(cells));
  const colours = classColours(bounds, look.dark, look.dimmed ? 110 : 178);
  return new H3HexagonLayer<MapCell>({
    id: "cells",
    data: cells as MapCell[],
    getHexagon: (cell: MapCell) => cell.cell,
    getFillColor: (cell: MapCell) => colours[classOf(cell.n, bounds)] ?? [0, 0, 0, 0],
    extruded: false,
    stroked: false,
    filled: true,
    coverage: 0.94,
    highPrecision: false,
    pickable: true,
    updateTriggers: { getFillColor: [bounds.join(), look.dark, look.dimmed] },
    ...(look.beforeId ? { beforeId: look.beforeId } : {}),
  } as never);
}

/** Radius in pixels whose area follows the count, within what can be read. */
export function clusterRadius(n: number, max: number): number {
  return 10 + 14 * Math.sqrt(Math.min(1, n / Math.max(1, max)));
}

export function clusterLayers(clusters: readonly MapCluster[], look: CountLook): Layer[] {
  const max = maxCount(clusters);
  const fill: Rgba = look.dark ? [124, 184, 242, look.dimmed ? 150 : 225] : [11, 83, 148, look.dimmed ? 150 : 225];
  return [
    new ScatterplotLayer<MapCluster>({
      id: "clusters",
      data: clusters as MapCluster[],
      getPosition: (cluster) => [cluster.lon, cluster.lat],
      getRadius: (cluster) => clusterRadius(cluster.n, max) * look.scale,
      radiusUnits: "pixels",
      getFillColor: fill,
      stroked: true,
      getLineColor: look.dark ? [11, 17, 24, 255] : [255, 255, 255, 255],
      getLineWidth: 2,
      lineWidthUnits: "pixels",
      pickable: true,
      updateTriggers: { getFillColor: [look.dark, look.dimmed], getRadius: [max] },
    }),
    new TextLayer<MapCluster>({
      id: "cluster-counts",
      data: clusters as MapCluster[],
      getPosition: (cluster) => [cluster.lon, cluster.lat],
      getText: (cluster) => shortCount(cluster.n, look.language),
      getColor: look.dark ? [7, 19, 31, 255] : [255, 255, 255, 255],
      getSize: 12 * look.scale,
      fontFamily: "Inter Variable, system-ui, sans-serif",
      fontWeight: 650,
      characterSet: "0123456789.,kM \u202f",
      updateTriggers: { getText: [look.language], getColor: [look.dark] },
    }),
  ];
}
