/** The facts of the present view, period and filters, as the map shows them. */
import { useMemo, useState } from "react";
import { useFact, useMap, useZoning, type Answer } from "@/api/queries";
import type { Feature, MapAnswer } from "@/api/types";
import type { Range } from "@/lib/time";
import { snapBox } from "@/lib/bbox";
import { deskZoom, uiScale } from "@/lib/scale";
import { useFilters, useFiguresOnly } from "@/parts/useScope";
import { zoneName } from "@/parts/zones";
import { useCityContext } from "@/state/city";
import { useSettled, type MapContent, EMPTY_CONTENT } from "@/state/mapStage";
import { useUrl } from "@/state/url";

const CITY_ZOOM = 10;

export interface FactsOnMap { map: Answer<MapAnswer>; content: MapContent }

function useZoneFeature(zone: string | null): Feature | null {
  const [zoning = "", id = ""] = (zone ?? "").split(/:(.*)/s);
  const shapes = useZoning(zoning || null);
  return useMemo(() => shapes.data?.features.find((feature) => zoneName(feature).id === id) ?? null, [shapes.data, id]);
}

export function useFactsOnMap(range: Range, nearRadiusM: number): FactsOnMap {
  const { selection } = useUrl();
  const { city } = useCityContext();
  const filters = useFilters();
  const figuresOnly = useFiguresOnly();
  const settled = useSettled();
  const box = useMemo(() => (settled ? snapBox(settled.box) : null), [settled]);
  // Who is told figures of the city or a district asks once, wherever the map looks.
  const map = useMap(filters, range, figuresOnly ? city.bbox : box, figuresOnly ? CITY_ZOOM : deskZoom(settled?.zoom ?? 11, uiScale()));
  const zone = useZoneFeature(filters.zone);
  const selected = useFact(selection?.type === "fact" ? selection.id : null);
  const dimmed = map.isPlaceholderData || map.isError || (map.data?.stale ?? false);
  // A server that does not answer leaves the last answer standing, also where the view has moved meanwhile.
  const [last, setLast] = useState<MapAnswer | null>(null);
  if (map.data && map.data !== last) setLast(map.data);
  const answer = map.data ?? (map.error?.status === 0 ? last : null);
  const fact = selected.data;
  const content = useMemo<MapContent>(() => ({
    ...EMPTY_CONTENT,
    answer, dimmed, zone,
    spot: fact && fact.lon !== null && fact.lat !== null ? { lon: fact.lon, lat: fact.lat, accuracyM: fact.accuracy_m } : null,
    nearRadiusM: fact ? nearRadiusM : null,
    selectedId: selection?.id ?? null,
  }), [answer, dimmed, zone, fact, nearRadiusM, selection]);
  return { map, content };
}
