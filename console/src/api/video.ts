/** Questions about video: cameras that record, what is missing, viewings, signals and grants of detection. */
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, wordHeaders } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";
import { rfc3339, type Range } from "@/lib/time";

type Schemas = components["schemas"];
export type Cameras = Schemas["RecordingCameras"];
export type Camera = Schemas["RecordingCamera"];
export type Looker = Schemas["Looker"];
export type Film = Schemas["Timeline"];
export type Viewing = Schemas["ViewingOpened"];
export type Signal = Schemas["DetectionSignal"];
export type Grant = Schemas["DetectionGrant"];
export type Grants = Schemas["DetectionGrantPage"];
export type GrantSpec = Schemas["DetectionGrantSpec"];

export function useCameras(enabled = true): Answer<Cameras> {
  return useQuery<Cameras, ProblemError>({
    queryKey: ["video", "cameras"], enabled, staleTime: 5_000, refetchInterval: 10_000,
    queryFn: ({ signal }) => answer(api.GET("/api/video/cameras", { signal })),
  });
}

/** What several cameras recorded in a window, and what is missing; no picture. Those not answered yet are left out. */
export function useFilms(ids: readonly string[], range: Range, live: boolean): readonly Film[] {
  const query = { from: rfc3339(range.from), to: rfc3339(range.to) };
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ["video", "timeline", id, query], staleTime: 5_000, placeholderData: keepPreviousData,
      ...(live ? { refetchInterval: 10_000 } : {}),
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Film> => await answer(api.GET("/api/video/cameras/{camera_id}/timeline", { params: { path: { camera_id: id }, query }, signal })),
    })),
    combine: (found) => found.flatMap((one) => (one.data ? [one.data] : [])),
  });
}

/** What somebody wants to look at, and why; `range` is null for live. */
export interface Wanted { cameras: readonly string[]; range: Range | null; service: string; reason: string; case: string }

export function useOpenViewing() {
  return useMutation<Viewing, ProblemError, Wanted>({
    mutationFn: ({ cameras, range, service, reason, case: file }) => answer(api.POST("/api/video/viewings", {
      body: { cameras: [...cameras], service, from: range ? rfc3339(range.from) : null, to: range ? rfc3339(range.to) : null },
      headers: wordHeaders({ reason, case: file }),
    })),
  });
}

/** One picture of a viewing; it stays in memory, whoever asked lets go of it. */
export async function fetchPicture(viewing: string, camera: string, atMs: number): Promise<Blob> {
  return await answer<Blob>(api.GET("/api/video/viewings/{viewing_id}/snapshot/{camera_id}", {
    params: { path: { viewing_id: viewing, camera_id: camera }, query: { at: new Date(atMs).toISOString() } }, parseAs: "blob",
  }) as Promise<{ data?: Blob; response: Response }>);
}

export function useSignals(range: Range, enabled: boolean): Answer<Signal[]> {
  const query = { from: rfc3339(range.from), to: rfc3339(range.to) };
  return useQuery<Signal[], ProblemError>({
    queryKey: ["video", "signals", query], enabled, staleTime: 15_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/detection/signals", { params: { query }, signal }))).items,
  });
}

export function useGrants(past: boolean): Answer<Grants> {
  return useQuery<Grants, ProblemError>({
    queryKey: ["video", "grants", past], staleTime: 5_000, refetchInterval: 30_000, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answer(api.GET("/api/detection/grants", { params: { query: { past } }, signal })),
  });
}

export function useGiveGrant() {
  const client = useQueryClient();
  return useMutation<Grant, ProblemError, GrantSpec>({
    mutationFn: (body) => answer(api.POST("/api/detection/grants", { body })),
    onSettled: () => client.invalidateQueries({ queryKey: ["video", "grants"] }),
  });
}

export function useEndGrant() {
  const client = useQueryClient();
  return useMutation<Grant, ProblemError, { id: string; reason: string }>({
    mutationFn: ({ id, reason }) => answer(api.POST("/api/detection/grants/{grant_id}/end", { params: { path: { grant_id: id } }, body: { reason } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["video", "grants"] }),
  });
}

export type Masks = Schemas["CameraMasks"];
export type Ring = Masks["rings"][number];

export function useMasks(camera: string): Answer<Masks> {
  return useQuery<Masks, ProblemError>({
    queryKey: ["video", "masks", camera], staleTime: 5_000, refetchInterval: 15_000,
    queryFn: ({ signal }) => answer(api.GET("/api/video/cameras/{camera_id}/masks", { params: { path: { camera_id: camera } }, signal })),
  });
}

/** Masks as somebody drew them on a picture of this size, over the version that they read. */
export interface Drawn { rings: Ring[]; width: number; height: number; after: number; reason: string }

export function useDrawMasks(camera: string) {
  const client = useQueryClient();
  return useMutation<Masks, ProblemError, Drawn>({
    mutationFn: ({ reason, ...body }) => answer(api.PUT("/api/video/cameras/{camera_id}/masks", {
      params: { path: { camera_id: camera } }, body, headers: wordHeaders({ reason }),
    })),
    onSettled: () => client.invalidateQueries({ queryKey: ["video", "masks", camera] }),
  });
}

/** A picture to draw masks on, with those in force burnt in; it stays in memory. */
export function useAim(camera: string) {
  return useMutation<Blob, ProblemError, string>({
    gcTime: 0,
    mutationFn: (reason) => answer<Blob>(api.GET("/api/video/cameras/{camera_id}/aim", {
      params: { path: { camera_id: camera } }, headers: wordHeaders({ reason }), parseAs: "blob",
    }) as Promise<{ data?: Blob; response: Response }>),
  });
}
