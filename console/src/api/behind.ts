/** The facts behind an answer, page by page. */
import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Scope } from "@/api/queries";
import type { components } from "@/api/schema";
import type { RowBehind } from "@/lib/answerMap";
import type { ProblemError } from "@/lib/problem";

export type FactsBehind = components["schemas"]["FactsBehind"];

export interface BehindAsked extends RowBehind { name: string; query: Scope; zoning?: string }

function cursorOf(next: string | null): string | undefined {
  return next === null ? undefined : (new URL(next, window.location.origin).searchParams.get("cursor") ?? undefined);
}

export function useFactsBehind(asked: BehindAsked | null): UseInfiniteQueryResult<InfiniteData<FactsBehind>, ProblemError> {
  return useInfiniteQuery<FactsBehind, ProblemError, InfiniteData<FactsBehind>, readonly unknown[], string | undefined>({
    queryKey: ["behind", asked], enabled: asked !== null, retry: false, initialPageParam: undefined,
    getNextPageParam: (page) => cursorOf(page.next),
    queryFn: ({ pageParam, signal }) => {
      const { name = "", query = {}, ...row } = asked ?? {};
      return answer(api.GET("/api/analyses/{name}/facts", { params: { path: { name }, query: { ...query, ...row, limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } }, signal }));
    },
  });
}
