/** What of an event's file has a place, for the map. */
import type { Geometry } from "geojson";
import type { Content } from "@/api/dossier";
import { itemsOf, LISTS } from "@/features/tomorrow/dossier/parts";
import type { EventShape, EventSign } from "@/state/mapStage";

const SIGNS: Partial<Record<string, EventSign>> = { posts: "post", barriers: "barrier", closures: "closure", diversions: "diversion" };

/** The shapes of a content, lines below points; `selected` is `PART.ID`. */
export function shapesOf(content: Content, selected: string | null): EventShape[] {
  const found: EventShape[] = [];
  if (content.perimeter) found.push({ id: "perimeter", sign: "perimeter", label: "", geometry: content.perimeter as Geometry, selected: selected === "perimeter" });
  for (const list of LISTS) {
    const sign = SIGNS[list.name];
    if (!sign) continue;
    itemsOf(content, list.name).forEach((item, i) => {
      const geometry = (item["place"] ?? item["line"]) as Geometry | null | undefined;
      const id = `${list.name}.${item.id}`;
      if (geometry) found.push({ id, sign, label: `${list.letter ?? ""}${i + 1}`, geometry, selected: id === selected });
    });
  }
  return found;
}
