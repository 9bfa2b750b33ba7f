/** The agenda with its notes, plans entered and changed by hand. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { FeatureCollection, PlanDetail, PlanRow } from "@/api/types";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type DangerPart = Schemas["DangerPart"];
export type Colour = Schemas["AgendaDay"]["colour"];
export type NoteDay = Omit<Schemas["AgendaDay"], "items"> & { items: PlanRow[] };
export type AgendaRecord = Schemas["AgendaRecord"];
export type PlanVersion = Schemas["PlanVersionAnswer"];
export type PlanFields = Schemas["PlanFields"];
export type Decision = Schemas["PlanDecision"]["decision"];

export interface Listed { kinds: string[]; states: string[]; services: string[]; zone: string | null }

/** The filters as the address takes them. */
export function listedQuery(listed: Listed): { kind?: string[]; state?: string[]; service?: string[]; zone?: string } {
  return {
    ...(listed.kinds.length ? { kind: listed.kinds } : {}), ...(listed.states.length ? { state: listed.states } : {}),
    ...(listed.services.length ? { service: listed.services } : {}), ...(listed.zone ? { zone: listed.zone } : {}),
  };
}

/** Days with their plans; each plan comes once and is shared by its days. */
export function useNoteDays(from: string, days: number, listed: Listed): Answer<NoteDay[]> {
  const query = { from, days, once: true, ...listedQuery(listed) };
  return useQuery<NoteDay[], ProblemError>({
    queryKey: ["agenda", query], placeholderData: keepPreviousData, staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const found = await answer(api.GET("/api/agenda", { params: { query }, signal }));
      const plans = new Map((found.plans as unknown as PlanRow[]).map((plan) => [plan.plan_id, plan]));
      return found.items.map((day) => ({ ...day, items: day.listed.flatMap((id) => plans.get(id) ?? []) }));
    },
  });
}

export function useAgendaRecord(enabled: boolean): Answer<AgendaRecord> {
  return useQuery<AgendaRecord, ProblemError>({
    queryKey: ["agenda-record"], enabled, staleTime: 600_000,
    queryFn: ({ signal }) => answer(api.GET("/api/agenda/record", { signal })),
  });
}

export function usePlanHistory(id: string, version: number): Answer<PlanVersion[]> {
  return useQuery<PlanVersion[], ProblemError>({
    queryKey: ["plan", id, "history", version], enabled: version > 0, staleTime: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/plans/{plan_id}/history", { params: { path: { plan_id: id } }, signal }))).items,
  });
}

export type Act =
  | { act: "enter"; body: PlanFields }
  | { act: "amend"; plan: PlanDetail; body: PlanFields }
  | { act: "decide"; plan: PlanDetail; decision: Decision; reason: string }
  | { act: "withdraw"; plan: PlanDetail; reason: string }
  | { act: "settle"; plan: PlanDetail; take: string[] };

async function send(act: Act): Promise<PlanDetail> {
  if (act.act === "enter") return (await answer(api.POST("/api/plans", { body: act.body }))) as unknown as PlanDetail;
  const params = { path: { plan_id: act.plan.plan_id }, header: { "If-Match": act.plan.tag } };
  const found = await (() => {
    switch (act.act) {
      case "amend": return answer(api.PATCH("/api/plans/{plan_id}", { params, body: act.body }));
      case "decide": return answer(api.POST("/api/plans/{plan_id}/decision", { params, body: { decision: act.decision, reason: act.reason } }));
      case "withdraw": return answer(api.POST("/api/plans/{plan_id}/withdrawal", { params, body: { reason: act.reason } }));
      case "settle": return answer(api.POST("/api/plans/{plan_id}/settlement", { params, body: { take: act.take } }));
    }
  })();
  return found as unknown as PlanDetail;
}

const TOUCHED = new Set(["agenda", "plan", "clashes", "near"]);

/** What stands after an act is the answer; everything that rests on plans is asked again. */
export function usePlanAct() {
  const client = useQueryClient();
  return useMutation<PlanDetail, ProblemError, Act>({
    mutationFn: send,
    onSuccess: async (plan) => {
      client.setQueryData(["plan", plan.plan_id], plan);
      await client.invalidateQueries({ predicate: (query) => TOUCHED.has(String(query.queryKey[0])) });
    },
  });
}

export interface FieldFault { field: string; code: string; fr: string; en: string }

/** Refusals field by field: those of the house in both languages, those of the form's shape as they came. */
export function faultsOf(problem: ProblemError | null): FieldFault[] {
  const errors = problem?.params["errors"];
  if (!Array.isArray(errors)) return [];
  return (errors as Record<string, string | undefined>[]).map((one) => ({
    field: (one["field"] ?? "").replace(/^body\./, ""), code: one["code"] ?? "wrong_usage", fr: one["fr"] ?? one["reason"] ?? "", en: one["en"] ?? one["reason"] ?? "",
  }));
}

/** Places that may be picked by name in a form. */
export function usePlaces(): Answer<FeatureCollection> {
  return useQuery<FeatureCollection, ProblemError>({
    queryKey: ["places"], staleTime: 600_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/places", { signal }))) as unknown as FeatureCollection,
  });
}
