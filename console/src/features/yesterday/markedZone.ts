/** The zone of an answer that a person pointed at: the map goes there and draws its outline. */
import { useEffect } from "react";
import { useZoning } from "@/api/queries";
import type { Feature } from "@/api/types";
import { geometryBox } from "@/lib/bbox";
import { zoneName } from "@/parts/zones";
import { command } from "@/state/mapStage";

/** The feature of `zoning:zone_id`, or null. */
export function useMarkedZone(mark: string | undefined): Feature | null {
  const colon = mark?.indexOf(":") ?? -1;
  const zones = useZoning(mark && colon > 0 ? mark.slice(0, colon) : null);
  const feature = (mark && zones.data?.features.find((one) => zoneName(one).id === mark.slice(colon + 1))) || null;
  useEffect(() => {
    const box = feature ? geometryBox(feature.geometry) : null;
    if (box) command({ type: "fit", box });
  }, [feature]);
  return feature;
}
