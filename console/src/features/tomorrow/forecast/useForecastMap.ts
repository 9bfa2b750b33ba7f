/** A forecast on the map: hexagons by their name, squares and zones by their outline. */
import { useMemo } from "react";
import { useForecastOutlines, type Forecast } from "@/api/forecasts";
import { expectedClasses, unreliable } from "@/lib/forecast";
import { EMPTY_CONTENT, useMapContent, type MapContent } from "@/state/mapStage";

export function useForecastMap(forecast: Forecast | undefined, slot: number, selected: string | null): void {
  const hexagons = forecast?.run.grid.startsWith("h3:") ?? true;
  const outlines = useForecastOutlines(forecast && !hexagons && forecast.places.length > 0 ? forecast.run.forecast_id : null);
  const shapes = hexagons ? null : outlines.data;
  const content = useMemo<MapContent>(() => {
    if (!forecast || forecast.places.length === 0 || shapes === undefined) return EMPTY_CONTENT;
    const max = Math.max(...forecast.places.map((place) => Math.max(...place.expected)));
    const cells = forecast.places.map((place) => ({
      cell: place.cell, name: place.name, lon: place.lon, lat: place.lat, flagged: place.flagged, unreliable: unreliable(place),
      expected: place.expected[slot] ?? 0, low: place.low[slot] ?? 0, high: place.high[slot] ?? 0, shape: shapes?.get(place.cell) ?? null,
    }));
    return { ...EMPTY_CONTENT, forecast: { cells, bounds: expectedClasses(max), selected } };
  }, [forecast, slot, selected, shapes]);
  useMapContent(content);
}
