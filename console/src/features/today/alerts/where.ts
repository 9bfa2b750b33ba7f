/** Where and on which feeds an instance looks, as its form holds it and as the server takes it. */
import type { Geometry } from "geojson";
import type { RuleWritten } from "@/api/alerts";
import { crosses, fromGeometry } from "@/map/drawing";

type Scope = NonNullable<RuleWritten["scope"]>;

/** Besides the names of zonings: the whole city, and an area drawn by hand. */
export const EVERYWHERE = "*";
export const DRAWN = "+";

export interface Where {
  /** `EVERYWHERE`, `DRAWN`, or the name of a zoning. */
  at: string;
  /** Of that zoning. */
  zone: string;
  area: Geometry | null;
  /** None: all. */
  sources: readonly string[];
}

export function whereOf(scope: Partial<Scope>): Where {
  const [zoning = "", zone = ""] = (scope.zone ?? "").split(/:(.*)/s);
  const ring = scope.ring ?? [];
  const area: Geometry | null = ring.length > 0 ? { type: "Polygon", coordinates: [ring] } : null;
  return { at: area ? DRAWN : zoning || EVERYWHERE, zone, area, sources: scope.sources ?? [] };
}

/** Whether what was begun is whole: a zone chosen, an area that is one. Half of it would look everywhere. */
export function isWhole({ at, zone, area }: Where): boolean {
  if (at === EVERYWHERE) return true;
  if (at !== DRAWN) return zone !== "";
  const drawn = fromGeometry(area);
  return drawn !== null && !crosses(drawn);
}

/** A zone or a drawn ring, never both. */
export function scopeOf({ at, zone, area, sources }: Where): Pick<Scope, "zone" | "ring" | "sources"> {
  const ring = at === DRAWN && area?.type === "Polygon" ? (area.coordinates[0] ?? []) : [];
  return {
    zone: at === EVERYWHERE || at === DRAWN || zone === "" ? "" : `${at}:${zone}`,
    ring: ring.map(([lon = 0, lat = 0]): [number, number] => [lon, lat]),
    sources: [...sources],
  };
}
