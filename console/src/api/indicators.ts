/** Questions about indicators: those in force, a trial, how they are set and ended. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Indicators = Schemas["IndicatorPage"];
export type Indicator = Schemas["IndicatorShown"];
export type IndicatorFigures = Schemas["IndicatorFigures"];
export type IndicatorSpec = Schemas["IndicatorSpec"];

const EVERY_MS = 60_000;

export function useIndicators(): Answer<Indicators> {
  return useQuery<Indicators, ProblemError>({
    queryKey: ["indicators"], placeholderData: keepPreviousData, staleTime: 30_000, refetchInterval: EVERY_MS,
    queryFn: async ({ signal }) => await answer(api.GET("/api/indicators", { signal })),
  });
}

export function useTryIndicator() {
  return useMutation<Indicator, ProblemError, IndicatorSpec>({
    mutationFn: async (body) => await answer(api.POST("/api/indicators/trial", { body })),
  });
}

/** Keep a new indicator, or the next version of `before`. */
export function useSetIndicator(before: Indicator | null) {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError, IndicatorSpec>({
    mutationFn: async (body) => (before === null
      ? await answer(api.POST("/api/indicators", { body }))
      : await answer(api.PUT("/api/indicators/{indicator_id}", { params: { path: { indicator_id: before.indicator_id } }, body: { ...body, after: before.number } }))),
    onSettled: () => client.invalidateQueries({ queryKey: ["indicators"] }),
  });
}

export function useEndIndicator() {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError, Indicator>({
    mutationFn: async (one) => await answer(api.POST("/api/indicators/{indicator_id}/end", {
      params: { path: { indicator_id: one.indicator_id } }, body: { after: one.number },
    })),
    onSettled: () => client.invalidateQueries({ queryKey: ["indicators"] }),
  });
}
