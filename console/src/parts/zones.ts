/** Zones as the filters and the map name them. */
import type { Feature } from "@/api/types";

/** Id and label of a zone's feature. */
export function zoneName(feature: Feature): { id: string; label: string } {
  const properties = feature.properties ?? {};
  const id = String(properties["zone_id"] ?? properties["id"] ?? feature.id ?? "");
  return { id, label: String(properties["label"] ?? properties["name"] ?? id) };
}
