/** Questions to the server, cached by what was asked. Components call these hooks and nothing else. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { del, get, post, setCsrf, url, type ProblemError, type Query } from "@/api/client";
import type {
  AgendaDay, Alert, AnalysisInfo, AnalysisResult, City, Clash, FactDetail, FactRow, FeatureCollection, HistogramAnswer, Kind,
  MapAnswer, MeansRow, Near, Page, PlanDetail, QuarantineDetail, QuarantinePage, RetryAnswer, Session, SourceHealth, Summary, ZoningInfo,
} from "@/api/types";
import { boxText, type Box } from "@/lib/bbox";
import { rfc3339, type Range } from "@/lib/time";
import type { Filters } from "@/lib/urlState";

export type Answer<T> = UseQueryResult<T, ProblemError>;

/** The filters and window every listing understands, as query parameters. */
export function scope(filters: Filters, range: Range | null, box?: Box | null): Query {
  return {
    ...(range ? { from: rfc3339(range.from), to: rfc3339(range.to) } : {}),
    ...(box ? { bbox: boxText(box) } : {}),
    kind: filters.kinds,
    source: filters.sources,
    severity_min: filters.severityMin,
    status: filters.status,
    zone: filters.zone,
  };
}

function items<T>(answer: { items: T[] } | T[]): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}

const STATIC = { staleTime: Infinity, gcTime: Infinity };

export async function fetchSession(signal?: AbortSignal): Promise<Session> {
  const session = await get<Session>("/session", undefined, signal);
  setCsrf(session.csrf);
  return session;
}

export function useSession(): Answer<Session> {
  return useQuery<Session, ProblemError>({ queryKey: ["session"], queryFn: ({ signal }) => fetchSession(signal), staleTime: 60_000, retry: 1 });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation<Session, ProblemError, { login: string; password: string }>({
    mutationFn: (body) => post<Session>("/session", body),
    onSuccess: async () => { client.setQueryData(["session"], await fetchSession()); },
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError, { current: string; new: string }>({
    mutationFn: (body) => post<unknown>("/session/password", body),
    onSuccess: async () => { client.setQueryData(["session"], await fetchSession()); },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation<unknown, ProblemError, void>({
    mutationFn: () => del<unknown>("/session"),
    onSettled: async () => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      client.setQueryData(["session"], await fetchSession());
    },
  });
}

export function useCity(enabled: boolean): Answer<City> {
  return useQuery<City, ProblemError>({ queryKey: ["city"], enabled, queryFn: ({ signal }) => get("/city", undefined, signal), staleTime: 300_000 });
}

export function useTaxonomy(enabled: boolean): Answer<Kind[]> {
  return useQuery<Kind[], ProblemError>({
    queryKey: ["taxonomy"], enabled, ...STATIC,
    queryFn: async ({ signal }) => items(await get<Kind[] | { items: Kind[] }>("/taxonomy", undefined, signal)),
  });
}

export function useZonings(): Answer<ZoningInfo[]> {
  return useQuery<ZoningInfo[], ProblemError>({
    queryKey: ["zonings"], ...STATIC,
    queryFn: async ({ signal }) => items(await get<ZoningInfo[] | { items: ZoningInfo[] }>("/zonings", undefined, signal)),
  });
}

export function useZoning(name: string | null): Answer<FeatureCollection> {
  return useQuery<FeatureCollection, ProblemError>({
    queryKey: ["zoning", name], enabled: name !== null, ...STATIC,
    queryFn: ({ signal }) => get(`/zonings/${encodeURIComponent(name ?? "")}`, undefined, signal),
  });
}

/** What the map shows in a settled view; the last answer stays on screen while the next one loads. */
export function useMap(filters: Filters, range: Range, box: Box | null, zoom: number): Answer<MapAnswer> {
  const query = { ...scope(filters, range, box), zoom: Math.floor(zoom * 2) / 2 };
  return useQuery<MapAnswer, ProblemError>({
    queryKey: ["map", query], enabled: box !== null, placeholderData: keepPreviousData, staleTime: 15_000, gcTime: 60_000,
    queryFn: ({ signal }) => get("/map", query, signal),
  });
}

export function useHistogram(filters: Filters, range: Range, bucket: string, enabled = true): Answer<HistogramAnswer> {
  const query = { ...scope(filters, range), bucket };
  return useQuery<HistogramAnswer, ProblemError>({
    queryKey: ["histogram", query], enabled, placeholderData: keepPreviousData, staleTime: 60_000,
    queryFn: ({ signal }) => get("/histogram", query, signal),
  });
}

/** Latest facts of a scope, newest first, page by page. */
export function useFacts(filters: Filters, range: Range, box: Box | null, enabled: boolean) {
  const query = { ...scope(filters, range, box), limit: 50 };
  return useInfiniteQuery<Page<FactRow>, ProblemError, { pages: Page<FactRow>[] }, unknown[], string | null>({
    queryKey: ["facts", query],
    enabled,
    initialPageParam: null,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    queryFn: ({ pageParam, signal }) => (pageParam ? get(pageParam, undefined, signal) : get("/facts", query, signal)),
    getNextPageParam: (page) => (page.next ? page.next.replace(/^.*?\/api(?=\/)/, "") : null),
  });
}

export function useFact(id: string | null): Answer<FactDetail> {
  return useQuery<FactDetail, ProblemError>({
    queryKey: ["fact", id], enabled: id !== null, staleTime: 30_000,
    queryFn: ({ signal }) => get(`/facts/${encodeURIComponent(id ?? "")}`, undefined, signal),
  });
}

export function useNear(place: { lon: number; lat: number } | null, radius: number, range: Range): Answer<Near> {
  const query = place ? { lon: place.lon, lat: place.lat, radius_m: radius, from: rfc3339(range.from), to: rfc3339(range.to) } : {};
  return useQuery<Near, ProblemError>({
    queryKey: ["near", query], enabled: place !== null, staleTime: 30_000,
    queryFn: ({ signal }) => get("/near", query, signal),
  });
}

export function useSummary(filters: Filters, range: Range, box: Box | null): Answer<Summary> {
  const query = scope(filters, range, box);
  return useQuery<Summary, ProblemError>({
    queryKey: ["summary", query], placeholderData: keepPreviousData, staleTime: 60_000,
    queryFn: ({ signal }) => get("/summary", query, signal),
  });
}

export function useMeans(enabled: boolean): Answer<MeansRow[]> {
  return useQuery<MeansRow[], ProblemError>({
    queryKey: ["means"], enabled, staleTime: 20_000, refetchInterval: 60_000,
    queryFn: async ({ signal }) => items(await get<MeansRow[] | { items: MeansRow[] }>("/means", undefined, signal)),
  });
}

export function usePlaces(kind: string | null, enabled: boolean): Answer<FeatureCollection> {
  return useQuery<FeatureCollection, ProblemError>({
    queryKey: ["places", kind], enabled, ...STATIC,
    queryFn: ({ signal }) => get("/places", { kind }, signal),
  });
}

export function useAgenda(from: string, days: number): Answer<AgendaDay[]> {
  return useQuery<AgendaDay[], ProblemError>({
    queryKey: ["agenda", from, days], placeholderData: keepPreviousData, staleTime: 60_000,
    queryFn: async ({ signal }) => items(await get<AgendaDay[] | { items: AgendaDay[] }>("/agenda", { from, days }, signal)),
  });
}

export function usePlan(id: string | null): Answer<PlanDetail> {
  return useQuery<PlanDetail, ProblemError>({
    queryKey: ["plan", id], enabled: id !== null, staleTime: 60_000,
    queryFn: ({ signal }) => get(`/plans/${encodeURIComponent(id ?? "")}`, undefined, signal),
  });
}

export function useClashes(range: Range, enabled = true): Answer<Clash[]> {
  const query = { from: rfc3339(range.from), to: rfc3339(range.to) };
  return useQuery<Clash[], ProblemError>({
    queryKey: ["clashes", query], enabled, staleTime: 60_000,
    queryFn: async ({ signal }) => items(await get<Clash[] | { items: Clash[] }>("/clashes", query, signal)),
  });
}

export function useAlerts(): Answer<Alert[]> {
  return useQuery<Alert[], ProblemError>({
    queryKey: ["alerts"], staleTime: 15_000, refetchInterval: 60_000,
    queryFn: async ({ signal }) => items(await get<Alert[] | { items: Alert[] }>("/alerts", undefined, signal)),
  });
}

export function useAnalyses(): Answer<AnalysisInfo[]> {
  return useQuery<AnalysisInfo[], ProblemError>({
    queryKey: ["analyses"], ...STATIC,
    queryFn: async ({ signal }) => items(await get<AnalysisInfo[] | { items: AnalysisInfo[] }>("/analyses", undefined, signal)),
  });
}

export function useRunAnalysis() {
  return useMutation<AnalysisResult, ProblemError, { name: string; params: Record<string, unknown> }>({
    mutationFn: ({ name, params }) => post(`/analyses/${encodeURIComponent(name)}`, { params }),
  });
}

export function useSources(enabled = true): Answer<SourceHealth[]> {
  return useQuery<SourceHealth[], ProblemError>({
    queryKey: ["sources"], enabled, staleTime: 10_000, refetchInterval: 30_000,
    queryFn: async ({ signal }) => items(await get<SourceHealth[] | { items: SourceHealth[] }>("/sources", undefined, signal)),
  });
}

export function useSource(name: string | null): Answer<SourceHealth> {
  return useQuery<SourceHealth, ProblemError>({
    queryKey: ["source", name], enabled: name !== null, staleTime: 10_000,
    queryFn: ({ signal }) => get(`/sources/${encodeURIComponent(name ?? "")}`, undefined, signal),
  });
}

/** `language` is part of the question: the server says the reasons in words. */
export function useQuarantine(query: { source: string | null; code: string | null; state: string | null }, language: string) {
  return useInfiniteQuery<QuarantinePage, ProblemError, { pages: QuarantinePage[] }, unknown[], string | null>({
    queryKey: ["quarantine", query, language],
    initialPageParam: null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    queryFn: ({ pageParam, signal }) => (pageParam ? get(pageParam, undefined, signal) : get("/quarantine", query, signal)),
    getNextPageParam: (page) => (page.next ? page.next.replace(/^.*?\/api(?=\/)/, "") : null),
  });
}

export function useQuarantined(id: string | null, language: string): Answer<QuarantineDetail> {
  return useQuery<QuarantineDetail, ProblemError>({
    queryKey: ["quarantined", id, language], enabled: id !== null, staleTime: 10_000,
    queryFn: ({ signal }) => get(`/quarantine/${encodeURIComponent(id ?? "")}`, undefined, signal),
  });
}

export function useRetry() {
  const client = useQueryClient();
  return useMutation<RetryAnswer, ProblemError, { id: string } | { ids?: string[]; source?: string | null; code?: string | null }>({
    mutationFn: (what) => ("id" in what ? post(`/quarantine/${encodeURIComponent(what.id)}/retry`) : post("/quarantine/retry", what)),
    onSettled: async () => {
      await Promise.all(["quarantine", "quarantined", "sources", "source"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
}

/** The address of a bulk export of the same scope. */
export function exportUrl(format: string, filters: Filters, range: Range): string {
  return url("/export", { format, ...scope(filters, range) });
}
