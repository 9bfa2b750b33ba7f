/** Cells of a forecast: how much is expected where; grey where the number is not to be relied on. */
import type { Layer } from "@deck.gl/core";
import { H3HexagonLayer } from "@deck.gl/geo-layers";
import type { Rgba } from "@/lib/colour";
import type { ExpectedCell, ExpectedCells } from "@/lib/forecast";
import { expectedClass, expectedColour, UNRELIABLE } from "@/lib/forecast";

export function expectedFill(one: ExpectedCell, bounds: readonly number[], dark: boolean): Rgba {
  const index = expectedClass(one.expected, bounds);
  if (index < 0) return [...UNRELIABLE, 18];
  if (one.unreliable) return [...UNRELIABLE, 110];
  return [...expectedColour(index, bounds.length, dark), 190];
}

export function forecastLayer(found: ExpectedCells, look: { dark: boolean; beforeId: string | undefined }): Layer {
  const line: Rgba = look.dark ? [255, 255, 255, 235] : [11, 83, 148, 255];
  return new H3HexagonLayer<ExpectedCell>({
    id: "forecast",
    data: found.cells as ExpectedCell[],
    getHexagon: (one: ExpectedCell) => one.cell,
    getFillColor: (one: ExpectedCell) => expectedFill(one, found.bounds, look.dark),
    getLineColor: line,
    getLineWidth: (one: ExpectedCell) => (one.cell === found.selected ? 4 : one.flagged ? 1.2 : 0),
    lineWidthUnits: "pixels",
    lineWidthMinPixels: 0,
    extruded: false,
    stroked: true,
    filled: true,
    coverage: 0.94,
    highPrecision: false,
    pickable: true,
    updateTriggers: { getFillColor: [found.bounds.join(), look.dark], getLineWidth: [found.selected], getLineColor: [look.dark] },
    ...(look.beforeId ? { beforeId: look.beforeId } : {}),
  } as never);
}
