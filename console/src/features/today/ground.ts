/** What the map adds to what is going on: roads that are closed, and what the cameras of a situation cover. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useClosures, useFiledClosures, type FiledClosure } from "@/api/closures";
import { useCards, useProposal, useSheet } from "@/api/shift";
import { useSituation, type Subject } from "@/api/situation";
import type { PlanRow } from "@/api/types";
import { chosenCard, proposedKind } from "@/features/today/act/chosen";
import { useReach } from "@/features/today/situation/reach";
import { sectorShape } from "@/lib/sector";
import { dashes, lengthOf, streetLine, type WayLeg } from "@/lib/way";
import { useMay } from "@/state/city";
import type { EventShape } from "@/state/mapStage";
import { useUrl } from "@/state/url";

const NONE: readonly never[] = [];
/** More ways than these hide one another. */
const MOST_WAYS = 4;

interface OnTheWay { unit: string; label: string | null; unit_ref: string; travel_s: number | null; way: readonly WayLeg[] }

interface Closed { plans: readonly PlanRow[]; streets: readonly FiledClosure[]; count: number; shown: boolean; allowed: boolean }

/** The closures at an instant, of plans and of event files; `shown` says whether the address asks for them on the map. */
export function useClosed(atMs: number): Closed {
  const allowed = useMay("read_plans");
  const { extra } = useUrl();
  const closures = useClosures(atMs, allowed);
  const filed = useFiledClosures(atMs, allowed);
  const plans = closures.data ?? NONE;
  const streets = filed.data ?? NONE;
  return { plans, streets, count: plans.length + streets.length, shown: extra["closed"] === "1", allowed };
}

/** Ground of plans, and streets of event files with their name and event. */
export function closureShapes(plans: readonly PlanRow[], streets: readonly FiledClosure[]): EventShape[] {
  const ground = plans.flatMap((plan) => (plan.geometry ? [{ id: plan.plan_id, sign: "closure" as const, label: "", geometry: plan.geometry, selected: false }] : []));
  const filed = streets.map((one) => ({
    id: one.closure_id, sign: "closure" as const, label: one.title ? `${one.street} (${one.title})` : one.street,
    geometry: one.geometry as unknown as EventShape["geometry"], selected: false,
  }));
  return [...ground, ...filed];
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

function wayShapes(one: OnTheWay, first: boolean, label: string): EventShape[] {
  const streets = one.way.filter((leg) => !leg.guessed);
  const named = [...streets].sort((a, b) => lengthOf(b) - lengthOf(a))[0];
  return one.way.map((leg, n): EventShape => ({
    id: `${one.unit}:${String(n)}`, sign: leg.guessed ? "guess" : "way", label: leg === named ? label : "",
    geometry: leg.guessed ? dashes(leg.line) : streetLine(leg), selected: first,
  }));
}

/** The ways of the means: those proposed while one acts, else those that are there soonest. */
export function useWays(subject: Subject | null): readonly EventShape[] {
  const { t } = useTranslation();
  const { radius, hours } = useReach();
  const { extra } = useUrl();
  const shown = subject !== null && extra["sways"] !== "0";
  const acting = shown && extra["stab"] === "act";
  const { data } = useSituation(subject, { radius, before: hours * 60 });
  const key = extra["situation"] ?? "";
  const sheet = useSheet(key, "", acting);
  const cards = useCards(acting);
  const card = sheet.data && chosenCard(sheet.data, cards.data, extra["card"]);
  const proposal = useProposal(key, proposedKind(sheet.data, card), acting && sheet.data !== undefined);
  return useMemo(() => {
    if (!shown) return NONE;
    const found: readonly OnTheWay[] = acting
      ? proposal.data?.candidates ?? NONE
      : (data?.means ?? NONE).map((one) => ({ ...one, unit: one.means_id }));
    const first = acting ? proposal.data?.proposed : null;
    return found.filter((one) => one.way.length > 0).slice(0, MOST_WAYS).flatMap((one) => {
      const minutes = Math.max(1, Math.round((one.travel_s ?? 0) / 60));
      return wayShapes(one, one.unit === first, t("situation.wayLabel", { name: one.label ?? one.unit_ref, min: minutes }));
    });
  }, [shown, acting, data, proposal.data, t]);
}
