/** How far a situation looks, from the address: `srad` metres, `sback` hours back. */
import { useSituation, type Subject } from "@/api/situation";
import type { Spot } from "@/state/mapStage";
import { useUrl } from "@/state/url";

export const RADII = [250, 500, 1000, 2000, 5000];
export const HOURS = [1, 2, 6, 24, 72];
export const USUAL_HOURS = 2;

export function useReach(): { radius: number | null; hours: number } {
  const { extra } = useUrl();
  const radius = Number(extra["srad"]);
  const hours = Number(extra["sback"]);
  return { radius: RADII.includes(radius) ? radius : null, hours: HOURS.includes(hours) ? hours : USUAL_HOURS };
}

/** Where the map marks a situation, and how wide; null without one. */
export function useSituationSpot(subject: Subject | null): { spot: Spot; radiusM: number } | null {
  const { radius, hours } = useReach();
  const { data } = useSituation(subject, { radius, before: hours * 60 });
  if (!subject || !data) return null;
  return { spot: { lon: data.lon, lat: data.lat, accuracyM: data.accuracy_m || null }, radiusM: data.radius_m };
}
