/** Questions about alerts: which there are, one of them, what is done, the rules that ring and who is asked. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type AlertListed = Schemas["AlertListed"];
export type AlertDetail = Schemas["AlertDetail"];
export type AlertAct = Schemas["AlertActAsked"];
export type AlertRules = Schemas["AlertRuleList"];
export type AlertRule = Schemas["AlertRuleAnswer"];
export type AlertFamily = Schemas["AlertFamily"];
export type FalseRate = Schemas["FalseRateAnswer"];
export type RuleWritten = Schemas["RuleWritten"];
export type RuleTried = Schemas["RuleTried"];
export type Trial = Schemas["Trial"];
export type Duty = Schemas["Duty"];

/** The same list as the map's, with how each alert stands. */
export function useAlertList(enabled = true): Answer<AlertListed[]> {
  return useQuery<AlertListed[], ProblemError>({
    queryKey: ["alerts"], enabled, staleTime: 15_000, refetchInterval: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/alerts", { signal }))).items,
  });
}

export function useAlert(id: string): Answer<AlertDetail> {
  return useQuery<AlertDetail, ProblemError>({
    queryKey: ["alerts", "one", id], staleTime: 5_000, refetchInterval: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/alerts/{alert_id}", { params: { path: { alert_id: id } }, signal })),
  });
}

export function useActOnAlert() {
  const client = useQueryClient();
  return useMutation<AlertDetail, ProblemError, { id: string; body: AlertAct }>({
    mutationFn: ({ id, body }) => answer(api.POST("/api/alerts/{alert_id}/acts", { params: { path: { alert_id: id } }, body })),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
}

export function useAlertRules(): Answer<AlertRules> {
  return useQuery<AlertRules, ProblemError>({
    queryKey: ["alerts", "rules"], staleTime: 30_000,
    queryFn: ({ signal }) => answer(api.GET("/api/alert-rules", { signal })),
  });
}

export function useTryRule() {
  return useMutation<Trial, ProblemError, RuleTried>({
    mutationFn: (body) => answer(api.POST("/api/alert-rules/try", { body })),
  });
}

/** Make an instance, or write its next version when `id` names one. */
export function usePutRule() {
  const client = useQueryClient();
  return useMutation<AlertRule, ProblemError, { id: string | null; body: RuleWritten }>({
    mutationFn: ({ id, body }) => (id === null
      ? answer(api.POST("/api/alert-rules", { body }))
      : answer(api.PUT("/api/alert-rules/{rule_id}", { params: { path: { rule_id: id } }, body }))),
    onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }),
  });
}

export function useDuty(): Answer<Duty> {
  return useQuery<Duty, ProblemError>({
    queryKey: ["alerts", "duty"], staleTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/alert-duty", { signal })),
  });
}
