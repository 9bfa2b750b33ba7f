/** Things with an extent: plans and the zone one filters by. */
import type { Layer } from "@deck.gl/core";
import { GeoJsonLayer } from "@deck.gl/layers";
import type { Feature, PlanRow } from "@/api/types";
import type { Rgba } from "@/lib/colour";

/** A plan's place: its footprint, else its point. */
export function planFeature(plan: PlanRow): Feature | null {
  if (plan.geometry) return { type: "Feature", geometry: plan.geometry, properties: { plan } };
  if (typeof plan.lon === "number" && typeof plan.lat === "number") {
    return { type: "Feature", geometry: { type: "Point", coordinates: [plan.lon, plan.lat] }, properties: { plan } };
  }
  return null;
}

const STATE_COLOURS: Record<string, readonly [number, number, number]> = {
  authorised: [0, 114, 178],
  declared: [0, 158, 115],
  draft: [130, 140, 150],
  cancelled: [130, 140, 150],
};

/** An event nobody declared looks unlike any state. */
export function planColour(plan: Pick<PlanRow, "state" | "declared">): readonly [number, number, number] {
  return plan.declared ? (STATE_COLOURS[plan.state] ?? [130, 140, 150]) : [204, 85, 0];
}

function planOf(feature: unknown): PlanRow {
  return (feature as Feature).properties?.["plan"] as PlanRow;
}

export function planLayer(plans: readonly PlanRow[], selectedId: string | null): Layer {
  const features = plans.map(planFeature).filter((feature): feature is Feature => feature !== null);
  const chosen = (feature: unknown): boolean => planOf(feature).plan_id === selectedId;
  return new GeoJsonLayer({
    id: "plans",
    data: { type: "FeatureCollection", features } as never,
    pointType: "circle",
    getPointRadius: (feature: unknown) => (chosen(feature) ? 10 : 7),
    pointRadiusUnits: "pixels",
    filled: true,
    stroked: true,
    getFillColor: (feature: unknown) => [...planColour(planOf(feature)), planOf(feature).state === "cancelled" ? 30 : chosen(feature) ? 200 : 120] as Rgba,
    getLineColor: (feature: unknown) => [...planColour(planOf(feature)), 255] as Rgba,
    getLineWidth: (feature: unknown) => (chosen(feature) ? 4 : 1.8),
    lineWidthUnits: "pixels",
    lineWidthMinPixels: 1,
    pickable: true,
    updateTriggers: { getPointRadius: [selectedId], getFillColor: [selectedId], getLineWidth: [selectedId] },
  });
}

export function zoneLayer(zone: Feature, dark: boolean): Layer {
  const accent: Rgba = dark ? [124, 184, 242, 255] : [11, 83, 148, 255];
  return new GeoJsonLayer({
    id: "zone",
    data: zone as never,
    filled: false,
    stroked: true,
    getLineColor: accent,
    getLineWidth: 2.5,
    lineWidthUnits: "pixels",
    updateTriggers: { getLineColor: [dark] },
  });
}
