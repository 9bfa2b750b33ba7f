/** Questions about what events bring: one event, past events alike, every kind of event. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type EventEffect = Schemas["EffectAnswer"];
export type EffectFigures = Schemas["EffectFigures"];
export type EffectAbout = Schemas["EffectAbout"];
export type EffectLine = Schemas["EffectLine"];
export type EffectRing = Schemas["EffectRing"];
export type EffectHour = Schemas["EffectHour"];
export type EffectKind = Schemas["EffectKind"];
export type Estimate = Schemas["EffectEstimate"];
export type Similar = Schemas["SimilarAnswer"];
export type SimilarEvent = Schemas["SimilarEvent"];
export type SimilarPool = Schemas["SimilarPool"];
export type CrossedTable = Schemas["CrossedTable"];
export type CrossedKind = Schemas["CrossedKind"];
export type CrossedCell = Schemas["CrossedCell"];
export type LikenessPart = Schemas["LikenessPart"];
export type EffectScores = Schemas["EffectScores"];
export type EventKindScore = Schemas["EventKindScore"];

const STALE_MS = 600_000;

export function useEventEffect(planId: string, enabled: boolean): Answer<EventEffect> {
  return useQuery<EventEffect, ProblemError>({
    queryKey: ["event-effect", planId], enabled, staleTime: STALE_MS, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/plans/{plan_id}/effect", { params: { path: { plan_id: planId } }, signal })),
  });
}

export function useSimilar(planId: string, k: number, enabled: boolean): Answer<Similar> {
  return useQuery<Similar, ProblemError>({
    queryKey: ["event-similar", planId, k], enabled, staleTime: STALE_MS, retry: false, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.GET("/api/plans/{plan_id}/similar", { params: { path: { plan_id: planId }, query: { k } }, signal })),
  });
}

export function useEffects(enabled: boolean): Answer<EffectScores> {
  return useQuery<EffectScores, ProblemError>({
    queryKey: ["effects"], enabled, staleTime: STALE_MS, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/effects", { signal })),
  });
}
