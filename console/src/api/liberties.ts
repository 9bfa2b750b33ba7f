/** Questions about the house itself: who looked, what is left, what vanishes, what is proved. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, follow, wordHeaders } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { AuditPage, AuditProof, Budget, BrokenGlass, DelegateList, DelegateRequest, GlassRequest, NewDelegate, Register, Retention, RightsAnswer, RightsKind, StoredField, VerbName } from "@/api/types";
import type { ProblemError } from "@/lib/problem";

export interface AuditFilter {
  from: string | null;
  who: string;
  verb: VerbName | null;
  dataset: string;
  outcome: "" | "allowed" | "refused";
}

/** One reading of the audit: each has its reason, is a line itself, and is not repeated behind one's back. */
export interface AuditReading { filter: AuditFilter; reason: string; case: string; at: number }

const AUDIT_PAGE = 200;

/** `pageReason` says the reason of a further page: it is a reading of its own. */
export function useAudit(reading: AuditReading | null, pageReason: (reason: string, page: number) => string) {
  const filter = reading?.filter;
  return useInfiniteQuery<AuditPage, ProblemError, { pages: AuditPage[] }, unknown[], { link: string | null; page: number }>({
    queryKey: ["audit", reading],
    enabled: reading !== null,
    initialPageParam: { link: null, page: 1 },
    staleTime: Infinity, gcTime: 0, retry: false, refetchOnReconnect: false,
    queryFn: ({ pageParam: { link, page }, signal }) => {
      const words = { reason: page === 1 ? reading?.reason ?? "" : pageReason(reading?.reason ?? "", page), case: reading?.case ?? "" };
      if (link) return follow<AuditPage>(link, signal, words);
      const query = {
        limit: AUDIT_PAGE,
        ...(filter?.from ? { from: filter.from } : {}), ...(filter?.who ? { who: filter.who } : {}), ...(filter?.verb ? { verb: filter.verb } : {}),
        ...(filter?.dataset ? { dataset: filter.dataset } : {}), ...(filter?.outcome ? { outcome: filter.outcome } : {}),
      };
      return answer(api.GET("/api/audit", { params: { query }, headers: wordHeaders(words), signal }));
    },
    getNextPageParam: (last, pages) => (last.next ? { link: last.next, page: pages.length + 1 } : null),
  });
}

export function useAuditProof(index: number | null): Answer<AuditProof> {
  return useQuery<AuditProof, ProblemError>({
    queryKey: ["audit-proof", index], enabled: index !== null, staleTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/audit/proof/{index}", { params: { path: { index: index ?? 0 } }, signal })),
  });
}

export function useAuditHead(): Answer<string> {
  return useQuery<string, ProblemError>({
    queryKey: ["audit-head"], staleTime: 60_000,
    queryFn: ({ signal }) => answer<string>(api.GET("/api/audit/head", { parseAs: "text", signal })),
  });
}

export function useBudget(): Answer<Budget> {
  return useQuery<Budget, ProblemError>({ queryKey: ["budget"], staleTime: 60_000, queryFn: ({ signal }) => answer(api.GET("/api/budget", { signal })) });
}

export function useRetention(): Answer<Retention> {
  return useQuery<Retention, ProblemError>({ queryKey: ["retention"], staleTime: 300_000, queryFn: ({ signal }) => answer(api.GET("/api/retention", { signal })) });
}

export function useTakeUpField() {
  const client = useQueryClient();
  return useMutation<StoredField, ProblemError, { dataset: string; field: string; need: string }>({
    mutationFn: (body) => answer(api.POST("/api/retention/fields", { body })),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["retention"] }); },
  });
}

export function useRegister(): Answer<Register> {
  return useQuery<Register, ProblemError>({ queryKey: ["register"], staleTime: 300_000, queryFn: ({ signal }) => answer(api.GET("/api/public/register", { signal })) });
}

export function useGlasses(enabled: boolean): Answer<BrokenGlass[]> {
  return useQuery<BrokenGlass[], ProblemError>({
    queryKey: ["glasses"], enabled, staleTime: 10_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/breakglass", { signal }))).items,
  });
}

/** What was closed may be open from here on: everything is asked again. */
export function useBreakGlass() {
  const client = useQueryClient();
  return useMutation<BrokenGlass, ProblemError, GlassRequest>({
    mutationFn: (body) => answer(api.POST("/api/breakglass", { body })),
    onSuccess: async () => { await client.invalidateQueries({ predicate: (query) => ["facts", "fact", "map", "means"].includes(String(query.queryKey[0])) }); },
  });
}

export function useReviewGlass() {
  const client = useQueryClient();
  return useMutation<BrokenGlass, ProblemError, { id: string; verdict: "justified" | "unjustified" }>({
    mutationFn: ({ id, verdict }) => answer(api.POST("/api/breakglass/{glass_id}/review", { params: { path: { glass_id: id } }, body: { verdict } })),
    onSettled: async () => { await client.invalidateQueries({ queryKey: ["glasses"] }); },
  });
}

export function useDelegates(): Answer<DelegateList> {
  return useQuery<DelegateList, ProblemError>({ queryKey: ["delegates"], staleTime: 60_000, queryFn: ({ signal }) => answer(api.GET("/api/delegates", { signal })) });
}

/** The first password that the answer tells is kept no longer than the form shows it. */
export function useAddDelegate() {
  const client = useQueryClient();
  return useMutation<NewDelegate, ProblemError, DelegateRequest>({
    gcTime: 0,
    mutationFn: (body) => answer(api.POST("/api/delegates", { body })),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["delegates"] }); },
  });
}

export function useWithdrawDelegate() {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError, string>({
    mutationFn: (login) => answer(api.DELETE("/api/delegates/{login}", { params: { path: { login } } })),
    onSettled: async () => { await client.invalidateQueries({ queryKey: ["delegates"] }); },
  });
}

export interface RightsQuestion { act: "access" | "erase"; identifiers: { kind: RightsKind; text: string }[]; reason: string }

/** A request of one person; what was asked is kept nowhere in the browser. */
export function useAnswerRights() {
  return useMutation<RightsAnswer, ProblemError, RightsQuestion>({
    gcTime: 0,
    mutationFn: ({ act, identifiers, reason }) => {
      const asked = { body: { identifiers }, headers: wordHeaders({ reason, case: "" }) };
      return answer(act === "access" ? api.POST("/api/rights-requests/access", asked) : api.POST("/api/rights-requests/erasure", asked));
    },
  });
}
