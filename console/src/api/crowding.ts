/** Question about crowds: how many people are where in a quarter of an hour. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Crowding = Schemas["Crowding"];
export type CrowdCell = Schemas["CrowdCell"];
export type CrowdSource = Schemas["CrowdSource"];

export function useCrowding(enabled: boolean): Answer<Crowding> {
  return useQuery<Crowding, ProblemError>({
    queryKey: ["crowding"], placeholderData: keepPreviousData, staleTime: 60_000, refetchInterval: 120_000, enabled,
    queryFn: async ({ signal }) => await answer(api.GET("/api/crowding", { signal })),
  });
}
