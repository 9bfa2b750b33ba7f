/** Inquiries: cases, requisitions, approvals, packages. Nothing is asked twice behind one's back: each reading is a line of the audit. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type CaseHead = Schemas["CaseHead"];
export type CaseDetail = Schemas["CaseDetail"];
export type CaseEntry = Schemas["CaseEntry"];
export type CaseHold = Schemas["CaseHold"];
export type Requisition = Schemas["RequisitionDetail"];
export type Package = Schemas["PackageSummary"];
export type Gathered = Schemas["GatheredEntry"];
export type GatheredTimeline = Schemas["GatheredTimeline"];
export type Verification = Schemas["PackageVerification"];
export type CaseSpec = Schemas["CaseSpec"];
export type EntrySpec = Schemas["EntrySpec"];
export type FeedName = Schemas["FeedName"];
export type QuerySpec = Schemas["QuerySpec"];
export type RequisitionSpec = Schemas["RequisitionSpec"];
export type ReviewSpec = Schemas["ReviewSpec"];
export type Certainty = NonNullable<CaseEntry["certainty"]>;

const ONCE = { staleTime: Infinity, refetchOnReconnect: false, refetchOnWindowFocus: false } as const;

export function useCases(): Answer<CaseHead[]> {
  return useQuery<CaseHead[], ProblemError>({
    queryKey: ["cases"], ...ONCE, staleTime: 30_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/cases", { signal }))).items,
  });
}

export function useCase(id: string | null): Answer<CaseDetail> {
  return useQuery<CaseDetail, ProblemError>({
    queryKey: ["case", id], enabled: id !== null, ...ONCE, staleTime: 5_000,
    queryFn: ({ signal }) => answer(api.GET("/api/cases/{case_id}", { params: { path: { case_id: id ?? "" } }, signal })),
  });
}

export function useHolds(id: string): Answer<CaseHold[]> {
  return useQuery<CaseHold[], ProblemError>({
    queryKey: ["case-holds", id], ...ONCE,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/cases/{case_id}/holds", { params: { path: { case_id: id } }, signal }))).items,
  });
}

/** The feeds that a query may name: words of the city, not of the case. */
export function useFeeds(): Answer<FeedName[]> {
  return useQuery<FeedName[], ProblemError>({ queryKey: ["feed-names"], ...ONCE, queryFn: ({ signal }) => answer(api.GET("/api/requisitions/feeds", { signal })) });
}

export type Metric = Schemas["MetricAnswer"];

/** What can be measured, in words. */
export function useMetrics(): Answer<Metric[]> {
  return useQuery<Metric[], ProblemError>({ queryKey: ["metrics"], ...ONCE, queryFn: ({ signal }) => answer(api.GET("/api/metrics", { signal })) });
}

/** Looking into a package is a disclosure of its own: asked when a member says so. */
export function useGathered(id: string, packageId: string | null): Answer<GatheredTimeline> {
  return useQuery<GatheredTimeline, ProblemError>({
    queryKey: ["gathered", id, packageId], enabled: packageId !== null, ...ONCE, gcTime: 0, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/cases/{case_id}/packages/{package_id}/timeline", { params: { path: { case_id: id, package_id: packageId ?? "" } }, signal })),
  });
}

export function useVerify(id: string) {
  return useMutation<Verification, ProblemError, string>({
    mutationFn: (packageId) => answer(api.GET("/api/cases/{case_id}/packages/{package_id}/verification", { params: { path: { case_id: id, package_id: packageId } } })),
  });
}

export const packageAddress = (id: string, packageId: string): string => `/api/cases/${encodeURIComponent(id)}/packages/${encodeURIComponent(packageId)}`;

export type CaseAct =
  | { act: "open"; body: CaseSpec }
  | { act: "write"; id: string; body: EntrySpec }
  | { act: "close"; id: string }
  | { act: "enter"; id: string; body: RequisitionSpec }
  | { act: "bind"; id: string; requisition: string; body: QuerySpec }
  | { act: "approve"; id: string; requisition: string; sha256: string }
  | { act: "review"; id: string; requisition: string; body: ReviewSpec }
  | { act: "run"; id: string; requisition: string; sha256: string };

async function perform(said: CaseAct): Promise<CaseDetail | Package> {
  if (said.act === "open") return answer(api.POST("/api/cases", { body: said.body }));
  const path = { case_id: said.id };
  if (said.act === "write") return answer(api.POST("/api/cases/{case_id}/entries", { params: { path }, body: said.body }));
  if (said.act === "close") return answer(api.POST("/api/cases/{case_id}/close", { params: { path } }));
  if (said.act === "enter") return answer(api.POST("/api/cases/{case_id}/requisitions", { params: { path }, body: said.body }));
  const one = { ...path, requisition_id: said.requisition };
  if (said.act === "bind") return answer(api.POST("/api/cases/{case_id}/requisitions/{requisition_id}/query", { params: { path: one }, body: said.body }));
  if (said.act === "review") return answer(api.POST("/api/cases/{case_id}/requisitions/{requisition_id}/review", { params: { path: one }, body: said.body }));
  const body = { query_sha256: said.sha256 };
  if (said.act === "approve") return answer(api.POST("/api/cases/{case_id}/requisitions/{requisition_id}/approve", { params: { path: one }, body }));
  return answer(api.POST("/api/cases/{case_id}/requisitions/{requisition_id}/run", { params: { path: one }, body }));
}

/** One act of a case; the case is read anew afterwards, refused or not: somebody else may have been faster. */
export function useCaseAct() {
  const client = useQueryClient();
  return useMutation<CaseDetail | Package, ProblemError, CaseAct>({
    mutationFn: perform,
    onSettled: async (_done, _error, said) => {
      const id = said.act === "open" ? null : said.id;
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "cases" || (id !== null && (queryKey[0] === "case" || queryKey[0] === "case-holds") && queryKey[1] === id) });
    },
  });
}
