/** What the map adds to what is going on: roads that are closed, and what the cameras of a situation cover. */
import { useMemo } from "react";
import { useClosures } from "@/api/closures";
import { useSituation, type Subject } from "@/api/situation";
import type { PlanRow } from "@/api/types";
import { useReach } from "@/features/today/situation/reach";
import { sectorShape } from "@/lib/sector";
import { useMay } from "@/state/city";
import type { EventShape } from "@/state/mapStage";
import { useUrl } from "@/state/url";

const NONE: readonly never[] = [];

/** The closures at an instant; `shown` says whether the address asks for them on the map. */
export function useClosed(atMs: number): { plans: readonly PlanRow[]; shown: boolean; allowed: boolean } {
  const allowed = useMay("read_plans");
  const { extra } = useUrl();
  const closures = useClosures(atMs, allowed);
  return { plans: closures.data ?? NONE, shown: extra["closed"] === "1", allowed };
}

export function closureShapes(plans: readonly PlanRow[]): EventShape[] {
  return plans.flatMap((plan) => (plan.geometry ? [{ id: plan.plan_id, sign: "closure" as const, label: "", geometry: plan.geometry, selected: false }] : []));
}

/** What the cameras near the open situation cover on paper. */
export function useSectors(subject: Subject | null): readonly EventShape[] {
  const { radius, hours } = useReach();
  const { data } = useSituation(subject, { radius, before: hours * 60 });
  return useMemo(() => {
    if (!subject || !data) return NONE;
    return data.cameras.flatMap((one): EventShape[] => {
      if (one.lon === null || one.lat === null) return [];
      const geometry = sectorShape({ lon: one.lon, lat: one.lat, azimuthDeg: one.azimuth_deg, openingDeg: one.opening_deg, rangeM: one.range_m });
      return [{ id: one.place_id, sign: "camera", label: "", geometry, selected: one.sight === "sees" }];
    });
  }, [subject, data]);
}
