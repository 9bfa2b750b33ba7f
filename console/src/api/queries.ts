/** Questions to the server, cached by what was asked. Components call these hooks and nothing else. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { answer, api, follow, readSaid, say, setCsrf } from "@/api/client";
import type {
  Alert, AnalysisInfo, City, Clash, Enrolled, Enrolment, FactDetail, FactPage, FeatureCollection, HistogramAnswer, Kind,
  MapAnswer, MeansRow, Near, OwnSession, PlanDetail, QuarantineDetail, QuarantinePage, RecoveryCodes, RetryAnswer, Session, SourceContract, SourceHealth, Summary, ZoningInfo,
} from "@/api/types";
import { boxText, type Box } from "@/lib/bbox";
import { ProblemError } from "@/lib/problem";
import { rfc3339, type Range } from "@/lib/time";
import type { Filters } from "@/lib/urlState";

export type Answer<T> = UseQueryResult<T, ProblemError>;

export interface Scope {
  from?: string;
  to?: string;
  bbox?: string;
  kind?: string[];
  source?: string[];
  severity_min?: number;
  status?: string[];
  zone?: string;
}

/** The filters and window every listing understands, as query parameters; what is not set is left out. */
export function scope(filters: Filters, range: Range | null, box?: Box | null): Scope {
  return {
    ...(range ? { from: rfc3339(range.from), to: rfc3339(range.to) } : {}),
    ...(box ? { bbox: boxText(box) } : {}),
    ...(filters.kinds.length > 0 ? { kind: filters.kinds } : {}),
    ...(filters.sources.length > 0 ? { source: filters.sources } : {}),
    ...(filters.severityMin ? { severity_min: filters.severityMin } : {}),
    ...(filters.status ? { status: [filters.status] } : {}),
    ...(filters.zone ? { zone: filters.zone } : {}),
  };
}

/** The same scope as the text of a query. */
export function scopeText(parts: Scope): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parts)) {
    for (const one of Array.isArray(value) ? (value as string[]) : [value as string | number]) search.append(key, String(one));
  }
  return search.toString();
}

const STATIC = { staleTime: Infinity, gcTime: Infinity };

/** Who is signed in, and what the person may do as the role and for the purpose chosen. */
export async function fetchSession(): Promise<Session> {
  const { viewAs, purpose } = readSaid();
  const query = { ...(viewAs ? { view_as: viewAs } : {}), ...(purpose ? { purpose } : {}) };
  const session = await answer(api.GET("/api/session", { params: { query } })).catch((error: unknown) => {
    if (!viewAs || !(error instanceof ProblemError) || error.status !== 403) throw error;
    say({ viewAs: null, purpose: null }); // another account, or another role since
    return answer(api.GET("/api/session"));
  });
  setCsrf(session.csrf);
  return session;
}

export function useSession(): Answer<Session> {
  return useQuery<Session, ProblemError>({ queryKey: ["session"], queryFn: fetchSession, staleTime: 60_000, retry: 1 });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation<Session, ProblemError, { login: string; password: string }>({
    mutationFn: (body) => answer(api.POST("/api/session", { body })),
    onSuccess: async () => { client.setQueryData(["session"], await fetchSession()); },
  });
}

/** Ask who is signed in, once more. */
export function useRenewSession(): () => void {
  const client = useQueryClient();
  return () => { void fetchSession().then((session) => { client.setQueryData(["session"], session); }); };
}

export function useGiveCode() {
  const client = useQueryClient();
  return useMutation<Session, ProblemError, { code: string }>({
    mutationFn: (body) => answer(api.POST("/api/session/code", { body })),
    onSuccess: async () => { client.setQueryData(["session"], await fetchSession()); },
  });
}

export function useBeginFactor() {
  return useMutation<Enrolment, ProblemError, { password: string }>({ mutationFn: (body) => answer(api.POST("/api/session/factor", { body })) });
}

/** The session is a fresh one from here; who shows the recovery codes asks for it afterwards. */
export function useConfirmFactor() {
  return useMutation<Enrolled, ProblemError, { code: string }>({
    mutationFn: (body) => answer(api.POST("/api/session/factor/confirm", { body })),
    onSuccess: (enrolled) => { setCsrf(enrolled.session.csrf); },
  });
}

export function useRenewCodes() {
  return useMutation<RecoveryCodes, ProblemError, { code: string }>({ mutationFn: (body) => answer(api.POST("/api/session/recovery-codes", { body })) });
}

export function useSessions(): Answer<OwnSession[]> {
  return useQuery<OwnSession[], ProblemError>({ queryKey: ["sessions"], staleTime: 0, queryFn: async ({ signal }) => (await answer(api.GET("/api/session/all", { signal }))).sessions });
}

/** End one of one's own sessions by its name, or all the others, with a proof of who asks. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError, { session_id: string; proof: string }>({
    mutationFn: (body) => answer(api.POST("/api/session/all/end", { body })),
    onSettled: async () => { await client.invalidateQueries({ queryKey: ["sessions"] }); },
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation<Session, ProblemError, { current: string; new: string }>({
    mutationFn: (body) => answer(api.POST("/api/session/password", { body })),
    onSuccess: async () => { client.setQueryData(["session"], await fetchSession()); },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError>({
    mutationFn: () => answer(api.DELETE("/api/session")),
    onSettled: async () => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      client.setQueryData(["session"], await fetchSession());
    },
  });
}

export function useCity(enabled: boolean): Answer<City> {
  return useQuery<City, ProblemError>({
    queryKey: ["city"], enabled, staleTime: 300_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/city", { signal }))) as unknown as City,
  });
}

export function useTaxonomy(enabled: boolean): Answer<Kind[]> {
  return useQuery<Kind[], ProblemError>({ queryKey: ["taxonomy"], enabled, ...STATIC, queryFn: ({ signal }) => answer(api.GET("/api/taxonomy", { signal })) });
}

export function useZonings(): Answer<ZoningInfo[]> {
  return useQuery<ZoningInfo[], ProblemError>({ queryKey: ["zonings"], ...STATIC, queryFn: ({ signal }) => answer(api.GET("/api/zonings", { signal })) });
}

export function useZoning(name: string | null): Answer<FeatureCollection> {
  return useQuery<FeatureCollection, ProblemError>({
    queryKey: ["zoning", name], enabled: name !== null, ...STATIC,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/zonings/{name}", { params: { path: { name: name ?? "" } }, signal }))) as unknown as FeatureCollection,
  });
}

export async function fetchBasemap(layer: string, signal: AbortSignal): Promise<FeatureCollection> {
  return (await answer(api.GET("/api/basemap/{layer}", { params: { path: { layer } }, signal }))) as unknown as FeatureCollection;
}

/** What the map shows in a settled view; the last answer stays on screen while the next one loads. */
export function useMap(filters: Filters, range: Range, box: Box | null, zoom: number): Answer<MapAnswer> {
  const query = { ...scope(filters, range, box), zoom: Math.floor(zoom * 2) / 2 };
  return useQuery<MapAnswer, ProblemError>({
    queryKey: ["map", query], enabled: box !== null, placeholderData: keepPreviousData, staleTime: 15_000, gcTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/map", { params: { query }, signal })),
  });
}

export type Bucket = "hour" | "day" | "auto";

export function useHistogram(filters: Filters, range: Range, bucket: Bucket, enabled = true): Answer<HistogramAnswer> {
  const query = { ...scope(filters, range), bucket };
  return useQuery<HistogramAnswer, ProblemError>({
    queryKey: ["histogram", query], enabled, placeholderData: keepPreviousData, staleTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/histogram", { params: { query }, signal })),
  });
}

/** Latest facts of a scope, newest first, page by page. */
export function useFacts(filters: Filters, range: Range, box: Box | null, enabled: boolean) {
  const query = { ...scope(filters, range, box), limit: 50 };
  return useInfiniteQuery<FactPage, ProblemError, { pages: FactPage[] }, unknown[], string | null>({
    queryKey: ["facts", query],
    enabled,
    initialPageParam: null,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    queryFn: ({ pageParam, signal }) => (pageParam ? follow(pageParam, signal) : answer(api.GET("/api/facts", { params: { query }, signal }))),
    getNextPageParam: (page) => page.next,
  });
}

export function useFact(id: string | null): Answer<FactDetail> {
  return useQuery<FactDetail, ProblemError>({
    queryKey: ["fact", id], enabled: id !== null, staleTime: 30_000,
    queryFn: ({ signal }) => answer(api.GET("/api/facts/{fact_id}", { params: { path: { fact_id: id ?? "" } }, signal })),
  });
}

export function useNear(place: { lon: number; lat: number } | null, radius: number, range: Range): Answer<Near> {
  const query = { lon: place?.lon ?? 0, lat: place?.lat ?? 0, radius_m: radius, from: rfc3339(range.from), to: rfc3339(range.to) };
  return useQuery<Near, ProblemError>({
    queryKey: ["near", query], enabled: place !== null, staleTime: 30_000,
    queryFn: ({ signal }) => answer(api.GET("/api/near", { params: { query }, signal })),
  });
}

export function useSummary(filters: Filters, range: Range, box: Box | null): Answer<Summary> {
  const query = scope(filters, range, box);
  return useQuery<Summary, ProblemError>({
    queryKey: ["summary", query], placeholderData: keepPreviousData, staleTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/summary", { params: { query }, signal })),
  });
}

export function useMeans(enabled: boolean): Answer<MeansRow[]> {
  return useQuery<MeansRow[], ProblemError>({
    queryKey: ["means"], enabled, staleTime: 20_000, refetchInterval: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/means", { signal }))).items,
  });
}

export function usePlan(id: string | null): Answer<PlanDetail> {
  return useQuery<PlanDetail, ProblemError>({
    queryKey: ["plan", id], enabled: id !== null, staleTime: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/plans/{plan_id}", { params: { path: { plan_id: id ?? "" } }, signal }))) as unknown as PlanDetail,
  });
}

export function useClashes(range: Range, enabled = true): Answer<Clash[]> {
  const query = { from: rfc3339(range.from), to: rfc3339(range.to) };
  return useQuery<Clash[], ProblemError>({
    queryKey: ["clashes", query], enabled, staleTime: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/clashes", { params: { query }, signal }))).items,
  });
}

export function useAlerts(enabled: boolean): Answer<Alert[]> {
  return useQuery<Alert[], ProblemError>({
    queryKey: ["alerts"], enabled, staleTime: 15_000, refetchInterval: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/alerts", { signal }))).items,
  });
}

export function useAnalyses(): Answer<AnalysisInfo[]> {
  return useQuery<AnalysisInfo[], ProblemError>({ queryKey: ["analyses"], ...STATIC, queryFn: async ({ signal }) => (await answer(api.GET("/api/analyses", { signal }))).items });
}

export function useSources(enabled = true): Answer<SourceHealth[]> {
  return useQuery<SourceHealth[], ProblemError>({
    queryKey: ["sources"], enabled, staleTime: 10_000, refetchInterval: 30_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/sources", { signal }))).items,
  });
}

export function useSource(name: string | null): Answer<SourceHealth> {
  return useQuery<SourceHealth, ProblemError>({
    queryKey: ["source", name], enabled: name !== null, staleTime: 10_000,
    queryFn: ({ signal }) => answer(api.GET("/api/sources/{name}", { params: { path: { name: name ?? "" } }, signal })),
  });
}

export function useContract(name: string): Answer<SourceContract> {
  return useQuery<SourceContract, ProblemError>({
    queryKey: ["contract", name], staleTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/sources/{name}/contract", { params: { path: { name } }, signal })),
  });
}

export const QUARANTINE_STATES = ["new", "retried", "resolved", "expired"] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];
export interface QuarantineFilter { source: string | null; code: string | null; state: QuarantineState | null }

/** `language` is part of the question: the server says the reasons in words. */
export function useQuarantine(filter: QuarantineFilter, language: string) {
  return useInfiniteQuery<QuarantinePage, ProblemError, { pages: QuarantinePage[] }, unknown[], string | null>({
    queryKey: ["quarantine", filter, language],
    initialPageParam: null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    queryFn: ({ pageParam, signal }) => (pageParam ? follow(pageParam, signal) : answer(api.GET("/api/quarantine", { params: { query: { ...filter, limit: 100 } }, signal }))),
    getNextPageParam: (page) => page.next,
  });
}

/** One refused row as it came: each opening has a reason of its own, so it is asked for once and kept. */
export function useQuarantined(id: string | null, language: string, reason: string): Answer<QuarantineDetail> {
  return useQuery<QuarantineDetail, ProblemError>({
    queryKey: ["quarantined", id, language, reason], enabled: id !== null && reason !== "", staleTime: Infinity, retry: false,
    queryFn: ({ signal }) => answer(api.GET("/api/quarantine/{quarantine_id}", {
      params: { path: { quarantine_id: id ?? "" } }, headers: { "X-Vigie-Reason": encodeURIComponent(reason) }, signal,
    })),
  });
}

/** Try again one row, or all rows that wait of a source, a reason or a state. */
export function useRetry() {
  const client = useQueryClient();
  return useMutation<RetryAnswer, ProblemError, { id: string } | { source: string | null; code: string | null; state: "new" | "retried" | "open" }>({
    mutationFn: (what) => ("id" in what
      ? answer(api.POST("/api/quarantine/{quarantine_id}/retry", { params: { path: { quarantine_id: what.id } } }))
      : answer(api.POST("/api/quarantine/retry", { body: { ids: [], ...what } }))),
    onSettled: async () => {
      await Promise.all(["quarantine", "sources", "source", "contract"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
}

/** The address of a bulk export of the same scope. */
export function exportUrl(format: string, filters: Filters, range: Range): string {
  return `/api/export?${scopeText(scope(filters, range))}&format=${format}`;
}
