/** What a change of a plan would change, whether its means suffice, and how often that was right. */
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Change = Partial<Schemas["Change"]>;
export type WhatIf = Schemas["WhatIfAnswer"];
export type WhatIfSide = Schemas["WhatIfSide"];
export type WhatIfFigure = Schemas["WhatIfFigure"];
export type Ranged = Schemas["RangedNumber"];
export type FirstAid = Schemas["FirstAidAnswer"];
export type Adequacy = Schemas["AdequacyFigures"];
export type Reliability = Schemas["AdequacyReliability"];
export type ReliabilityFigures = Schemas["ReliabilityFigures"];

const WAIT_MS = 4_000;

/** The same question twice is asked once; while past events are gone through it is asked again. */
export function useWhatIf(planId: string, change: Change | null): Answer<WhatIf> {
  return useQuery<WhatIf, ProblemError>({
    queryKey: ["whatif", planId, change], enabled: change !== null, staleTime: 300_000, placeholderData: (last) => last, retry: false,
    refetchInterval: (query) => (query.state.data && !query.state.data.about.ready ? WAIT_MS : false),
    queryFn: ({ signal }) => answer(api.POST("/api/plans/{plan_id}/whatif", { params: { path: { plan_id: planId } }, body: (change ?? {}) as Schemas["Change"], signal })),
  });
}

export function useReliability(): Answer<Reliability> {
  return useQuery<Reliability, ProblemError>({
    queryKey: ["adequacy-reliability"], staleTime: 300_000, retry: false,
    refetchInterval: (query) => (query.state.data && !query.state.data.ready ? WAIT_MS : false),
    queryFn: ({ signal }) => answer(api.GET("/api/adequacy/reliability", { signal })),
  });
}
