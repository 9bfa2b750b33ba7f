/** One's own keys of calendar programs: each opens the agenda as a calendar and nothing else. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type CalendarKey = Schemas["CalendarKey"];
export type IssuedKey = Schemas["IssuedKey"];

const KEY = ["calendar-keys"];

export function useCalendarKeys(): Answer<CalendarKey[]> {
  return useQuery<CalendarKey[], ProblemError>({
    queryKey: KEY, staleTime: 10_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/agenda/keys", { signal }))).items,
  });
}

/** The secret is answered once; nothing here keeps it. */
export function useIssueKey() {
  const client = useQueryClient();
  return useMutation<IssuedKey, ProblemError, { name: string }>({
    gcTime: 0,
    mutationFn: (body) => answer(api.POST("/api/agenda/keys", { body })),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: KEY }); },
  });
}

export function useRevokeKey() {
  const client = useQueryClient();
  return useMutation<undefined, ProblemError, { id: string }>({
    mutationFn: async ({ id }) => { await answer(api.DELETE("/api/agenda/keys/{token_id}", { params: { path: { token_id: id } } })); return undefined; },
    onSettled: async () => { await client.invalidateQueries({ queryKey: KEY }); },
  });
}
