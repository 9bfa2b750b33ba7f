/** Questions about what is to be expected: runs, places, scores, the card. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Geometry } from "geojson";
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

const RUNS = 30;

export function useForecastRuns(enabled: boolean): Answer<ForecastRun[]> {
  return useQuery<ForecastRun[], ProblemError>({
    queryKey: ["forecast-runs"], enabled, staleTime: 10_000, refetchInterval: 15_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/forecasts", { params: { query: { limit: RUNS } }, signal }))).items,
  });
}

/** A run, read for one kind; the former one stays on screen until it is there. */
export function useForecast(run: string | null, kind: string): Answer<Forecast> {
  return useQuery<Forecast, ProblemError>({
    queryKey: ["forecast", run, kind], enabled: run !== null, placeholderData: keepPreviousData, staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/{forecast_id}", { params: { path: { forecast_id: run ?? "" }, query: { kind } }, signal })),
  });
}

export type Outlines = ReadonlyMap<string, Geometry>;

/** The outline of each place of a run, by its name: of squares and zones, for a hexagon has its own. */
export function useForecastOutlines(run: string | null): Answer<Outlines> {
  return useQuery<Outlines, ProblemError>({
    queryKey: ["forecast-outlines", run], enabled: run !== null, staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const found = await answer(api.GET("/api/forecasts/{forecast_id}/features", { params: { path: { forecast_id: run ?? "" } }, signal }));
      return new Map(found.features.flatMap((one): [string, Geometry][] => (one.geometry ? [[String(one.id), one.geometry as unknown as Geometry]] : [])));
    },
  });
}

export function useForecastCell(run: string, cell: string | null, kind: string): Answer<ForecastCell> {
  return useQuery<ForecastCell, ProblemError>({
    queryKey: ["forecast-cell", run, cell, kind], enabled: cell !== null && run !== "", placeholderData: keepPreviousData, staleTime: 300_000,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/{forecast_id}/cell/{cell}", { params: { path: { forecast_id: run, cell: cell ?? "" }, query: { kind } }, signal })),
  });
}

export function useForecastScores(run: string | null): Answer<ForecastScores> {
  return useQuery<ForecastScores, ProblemError>({
    queryKey: ["forecast-scores", run], enabled: run !== null, staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/scores", { params: { query: { forecast: run ?? "" } }, signal })),
  });
}

export function useForecastCard(run: string): Answer<ForecastCard> {
  return useQuery<ForecastCard, ProblemError>({
    queryKey: ["forecast-card", run], staleTime: 300_000, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/forecasts/card", { params: { query: { forecast: run } }, signal })),
  });
}

/** Have one made now; the list of runs tells when it is ready. */
export function useAskForecast() {
  const client = useQueryClient();
  return useMutation<ForecastRun, ProblemError, { horizonDays: number; grid: string }>({
    mutationFn: ({ horizonDays, grid }) => answer(api.POST("/api/forecasts", { body: { horizon_days: horizonDays, grid, slot_hours: 6 }, headers: { "X-Vigie-Purpose": "analysis" } })),
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
