/** Runs of analyses: the same question is not asked twice. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { ProblemError } from "@/lib/problem";
import type { Scope } from "@/api/queries";
import type { AnalysisResult } from "@/api/types";

export interface RunRequest { name: string; query: Scope; params: Record<string, unknown> }

export function useRun(request: RunRequest | null, language: string): UseQueryResult<AnalysisResult, ProblemError> {
  return useQuery<AnalysisResult, ProblemError>({
    queryKey: ["run", request, language], enabled: request !== null, staleTime: Infinity, retry: false,
    queryFn: ({ signal }) => answer(api.POST("/api/analyses/{name}", { params: { path: { name: request?.name ?? "" }, query: request?.query ?? {} }, body: { params: request?.params ?? {} }, signal })),
  });
}
