/** Questions about clashes: which there are, one of them, what is decided, and the rules behind. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Geometry } from "@/api/types";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type ClashState = "open" | "accepted" | "solved";
export type Clash = Omit<Schemas["ClashStanding"], "geometry"> & { geometry: Geometry | null };
export type ClashPage = Omit<Schemas["ClashPage"], "items"> & { items: Clash[] };
export type ClashPlan = Omit<Schemas["ClashPlan"], "geometry"> & { geometry: Geometry | null };
export type ClashDetail = Omit<Schemas["ClashDetail"], "geometry" | "subjects"> & { geometry: Geometry | null; subjects: ClashPlan[] };
export type ClashRule = Schemas["ClashRule"];
export type LearntPairs = Schemas["LearntPairList"];
export type Decision = Schemas["ClashDecision"];

export interface ClashQuestion { from: string; to: string; state: ClashState | ""; severity: number }

export function useClashPage({ from, to, state, severity }: ClashQuestion): Answer<ClashPage> {
  const query = { from, to, severity, limit: 500, ...(state ? { state } : {}) };
  return useQuery<ClashPage, ProblemError>({
    queryKey: ["clashes", "page", query], placeholderData: keepPreviousData, staleTime: 30_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/clashes", { params: { query }, signal }))) as ClashPage,
  });
}

export function useClash(id: string): Answer<ClashDetail> {
  return useQuery<ClashDetail, ProblemError>({
    queryKey: ["clashes", "one", id], staleTime: 10_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/clashes/{clash_id}", { params: { path: { clash_id: id } }, signal }))) as ClashDetail,
  });
}

export function useDecideClash(id: string) {
  const client = useQueryClient();
  return useMutation<ClashDetail, ProblemError, Decision>({
    mutationFn: async (body) => (await answer(api.POST("/api/clashes/{clash_id}/state", { params: { path: { clash_id: id } }, body }))) as ClashDetail,
    onSettled: () => Promise.all([
      client.invalidateQueries({ queryKey: ["clashes"] }),
      client.invalidateQueries({ queryKey: ["agenda"] }),
    ]),
  });
}

export function useClashRules(enabled: boolean): Answer<ClashRule[]> {
  return useQuery<ClashRule[], ProblemError>({
    queryKey: ["clash-rules"], enabled, staleTime: Infinity,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/clash-rules", { signal }))).items,
  });
}

export function useLearntPairs(): Answer<LearntPairs> {
  return useQuery<LearntPairs, ProblemError>({
    queryKey: ["clash-pairs"], staleTime: 60_000,
    queryFn: async ({ signal }) => await answer(api.GET("/api/clash-pairs", { signal })),
  });
}
