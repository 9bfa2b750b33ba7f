/** Questions about what is to be expected: runs, places, scores, the card. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/api/schema";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type ForecastRun = Schemas["ForecastRunAnswer"];
export type Forecast = Schemas["ForecastAnswer"];
export type ForecastPlace = Schemas["ForecastPlace"];
export type ForecastCell = Schemas["ForecastCell"];
export type ForecastScores = Schemas["ForecastScores"];
export type ModelScores = Schemas["ModelScores"];
export type ForecastCard = Schemas["ForecastCard"];
export type Verdict = Schemas["VerdictAnswer"];
export type Overrides = Schemas["OverrideList"];
export type Override = Schemas["Override"];
export type Stress = Schemas["StressAnswer"];

const LATEST = "latest";

export function useForecastRuns(enabled: boolean): Answer<ForecastRun[]> {
  return useQuery<ForecastRun[], ProblemError>({
    queryKey: ["forecast-runs"], enabled, staleTime: 10_000, refetchInterval: 15_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/forecasts", { params: { query: { limit: 5 } }, signal }))).items,
  });
}

export function useForecast(kind: string): Answer<Forecast> {
  return useQuery<Forecast, ProblemError>({
    queryKey: ["forecast", kind], placeholderData: keepPreviousData, staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/{forecast_id}", { params: { path: { forecast_id: LATEST }, query: { kind } }, signal })),
  });
}

export function useForecastCell(run: string, cell: string | null, kind: string): Answer<ForecastCell> {
  return useQuery<ForecastCell, ProblemError>({
    queryKey: ["forecast-cell", run, cell, kind], enabled: cell !== null && run !== "", placeholderData: keepPreviousData, staleTime: 300_000,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/{forecast_id}/cell/{cell}", { params: { path: { forecast_id: run, cell: cell ?? "" }, query: { kind } }, signal })),
  });
}

export function useForecastScores(): Answer<ForecastScores> {
  return useQuery<ForecastScores, ProblemError>({
    queryKey: ["forecast-scores"], staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/scores", { signal })),
  });
}

export function useForecastCard(): Answer<ForecastCard> {
  return useQuery<ForecastCard, ProblemError>({
    queryKey: ["forecast-card"], staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/card", { signal })),
  });
}

/** Have one made now; the list of runs tells when it is ready. */
export function useAskForecast() {
  const client = useQueryClient();
  return useMutation<ForecastRun, ProblemError, { horizonDays: number }>({
    mutationFn: ({ horizonDays }) => answer(api.POST("/api/forecasts", { body: { horizon_days: horizonDays, grid: "h3:8", slot_hours: 6 }, headers: { "X-Vigie-Purpose": "analysis" } })),
    onSettled: async () => { await client.invalidateQueries({ queryKey: ["forecast-runs"] }); },
  });
}

/** What persons expect instead of a run, and how right both were so far. */
export function useOverrides(run: string, enabled: boolean): Answer<Overrides> {
  return useQuery<Overrides, ProblemError>({
    queryKey: ["forecast-overrides", run], enabled: enabled && run !== "", staleTime: 60_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/{forecast_id}/overrides", { params: { path: { forecast_id: run } }, signal })),
  });
}

export function useOverrideForecast(run: string) {
  const client = useQueryClient();
  return useMutation<Override, ProblemError, Schemas["OverrideRequest"]>({
    mutationFn: (body) => answer(api.POST("/api/forecasts/{forecast_id}/overrides", { params: { path: { forecast_id: run } }, body })),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["forecast-overrides", run] }); },
  });
}

/** When a newer run is ready, what was read of the older one is asked again. */
export function useFreshForecast(): (run: string) => Promise<void> {
  const client = useQueryClient();
  return async (run) => {
    const known = client.getQueriesData<Forecast>({ queryKey: ["forecast"] });
    if (known.some(([, data]) => data && data.run.forecast_id === run)) return;
    await client.invalidateQueries({ predicate: (query) => ["forecast", "forecast-scores", "forecast-card"].includes(String(query.queryKey[0])) });
  };
}
