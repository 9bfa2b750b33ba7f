/** Ground that no vehicle passes at an instant, and streets that validated event files close. */
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { PlanRow } from "@/api/types";
import { rfc3339 } from "@/lib/time";
import type { ProblemError } from "@/lib/problem";

export type FiledClosure = components["schemas"]["FiledClosure"];

const SECOND_MS = 1000;

export function useClosures(atMs: number, enabled: boolean): Answer<PlanRow[]> {
  const query = { from: rfc3339(atMs - SECOND_MS), to: rfc3339(atMs), closing: "traffic" as const };
  return useQuery<PlanRow[], ProblemError>({
    queryKey: ["closures", query], enabled, staleTime: 60_000, placeholderData: (before) => before,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/plans", { params: { query }, signal }))).items as PlanRow[],
  });
}

export function useFiledClosures(atMs: number, enabled: boolean): Answer<FiledClosure[]> {
  const query = { from: rfc3339(atMs - SECOND_MS), to: rfc3339(atMs) };
  return useQuery<FiledClosure[], ProblemError>({
    queryKey: ["filed-closures", query], enabled, staleTime: 60_000, placeholderData: (before) => before,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/closures", { params: { query }, signal }))).items,
  });
}
