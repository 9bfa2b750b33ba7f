/** What the agenda shows, as the address says it: from when, how long, which plans. */
import { useMemo } from "react";
import type { Listed } from "@/api/agenda";
import { useUrl } from "@/state/url";

export const RANGES = [7, 14, 30, 60, 90, 180, 400] as const;
const DEFAULT_DAYS = 30;

const list = (text: string | undefined): string[] => (text ?? "").split(",").filter(Boolean);

export function useListed(): { listed: Listed; days: number; filtered: boolean } {
  const { extra } = useUrl();
  const { kinds, states, services, area } = extra;
  const asked = Number(extra["days"] ?? DEFAULT_DAYS);
  const days = Number.isInteger(asked) && asked >= 1 && asked <= 400 ? asked : DEFAULT_DAYS;
  const listed = useMemo<Listed>(
    () => ({ kinds: list(kinds), states: list(states), services: list(services), zone: area ?? null }),
    [kinds, states, services, area],
  );
  return { listed, days, filtered: listed.kinds.length + listed.states.length + listed.services.length > 0 || listed.zone !== null };
}

/** The same as a calendar program asks it. */
export function icsAddress({ kinds, states, services, zone }: Listed, days: number): string {
  const query = new URLSearchParams({ days: String(days) });
  for (const [name, values] of [["kind", kinds], ["state", states], ["service", services], ["zone", zone ? [zone] : []]] as const) {
    for (const value of values) query.append(name, value);
  }
  return `/api/agenda.ics?${query.toString()}`;
}
