/** Cells of a forecast: how much is expected where; grey where the number is not to be relied on. */
import type { Layer } from "@deck.gl/core";
import { H3HexagonLayer } from "@deck.gl/geo-layers";
import { GeoJsonLayer } from "@deck.gl/layers";
import type { Rgba } from "@/lib/colour";
import type { ExpectedCell, ExpectedCells } from "@/lib/forecast";
import { expectedClass, expectedColour, UNRELIABLE } from "@/lib/forecast";

export function expectedFill(one: ExpectedCell, bounds: readonly number[], dark: boolean): Rgba {
  const index = expectedClass(one.expected, bounds);
  if (index < 0) return [...UNRELIABLE, 18];
  if (one.unreliable) return [...UNRELIABLE, 110];
  return [...expectedColour(index, bounds.length, dark), 190];
}

interface Outlined { properties: { one: ExpectedCell } }

/** Squares and zones: a thin line between neighbours, a stronger one around what is flagged or chosen. */
function outlineLayer(found: ExpectedCells, look: { dark: boolean; beforeId: string | undefined }, strong: Rgba): Layer {
  const faint: Rgba = look.dark ? [200, 210, 220, 70] : [20, 33, 45, 60];
  const chosen = (one: ExpectedCell): boolean => one.cell === found.selected;
  // What is drawn last lies on top: the line of the place chosen is whole.
  const cells = [...found.cells].sort((a, b) => Number(chosen(a)) - Number(chosen(b)) || Number(a.flagged) - Number(b.flagged));
  return new GeoJsonLayer({
    id: "forecast",
    data: cells.filter((one) => one.shape).map((one) => ({ type: "Feature", geometry: one.shape, properties: { one } })) as never,
    filled: true, stroked: true, pickable: true,
    getFillColor: (each: unknown) => expectedFill((each as Outlined).properties.one, found.bounds, look.dark),
    getLineColor: (each: unknown) => { const { one } = (each as Outlined).properties; return chosen(one) || one.flagged ? strong : faint; },
    getLineWidth: (each: unknown) => { const { one } = (each as Outlined).properties; return chosen(one) ? 4 : one.flagged ? 1.6 : 0.8; },
    lineWidthUnits: "pixels",
    updateTriggers: { getFillColor: [found.bounds.join(), look.dark], getLineWidth: [found.selected], getLineColor: [found.selected, look.dark] },
    ...(look.beforeId ? { beforeId: look.beforeId } : {}),
  } as never);
}

export function forecastLayer(found: ExpectedCells, look: { dark: boolean; beforeId: string | undefined }): Layer {
  const line: Rgba = look.dark ? [255, 255, 255, 235] : [11, 83, 148, 255];
  if (found.cells.some((one) => one.shape)) return outlineLayer(found, look, line);
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
