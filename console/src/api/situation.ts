/** The question of the live room: everything around an alert, a fact or a point. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Situation = Schemas["SituationAnswer"];
export type SituationFact = Schemas["SituationFact"];
export type SituationIncident = Schemas["SituationIncident"];
export type SituationAlert = Schemas["SituationAlert"];
export type SituationCamera = Schemas["SituationCamera"];
export type SituationMeans = Schemas["SituationMeans"];

/** What `?situation=` says: `alert:ID`, `fact:ID` or `LON,LAT`. */
export interface Subject { about?: string; lon?: number; lat?: number }

export function subjectOf(text: string | undefined): Subject | null {
  if (!text) return null;
  if (/^(alert|fact):.+/.test(text)) return { about: text };
  const [lon, lat] = text.split(",").map(Number);
  return lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat } : null;
}

export interface Reach { radius: number | null; before: number }

export function useSituation(subject: Subject | null, { radius, before }: Reach): Answer<Situation> {
  const query = { ...subject, before, ...(radius === null ? {} : { radius_m: radius }) };
  return useQuery<Situation, ProblemError>({
    queryKey: ["situation", query], placeholderData: keepPreviousData, staleTime: 5000, refetchInterval: 20_000, enabled: subject !== null,
    queryFn: async ({ signal }) => await answer(api.GET("/api/situation", { params: { query }, signal })),
  });
}
