/** Masked clips: asked for, let be drawn by another person, looked at, masked by hand, signed. Films stay in memory. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, wordHeaders } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import { hexOf } from "@/lib/fileHash";
import type { ProblemError } from "@/lib/problem";
import { rfc3339, type Range } from "@/lib/time";

type Schemas = components["schemas"];
export type Clips = Schemas["MaskedClips"];
export type Clip = Schemas["MaskedClip"];
export type Review = Schemas["ReviewOpened"];
export type HandMask = Schemas["HandMaskAsked"];
export type Cover = Clip["cover"];

const KEY = ["video", "clips"];

export function useClips(): Answer<Clips> {
  return useQuery<Clips, ProblemError>({
    queryKey: KEY, staleTime: 1_000,
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === "drawing") ? 1_000 : 10_000),
    queryFn: ({ signal }) => answer(api.GET("/api/video/exports", { signal })),
  });
}

export interface AskedClip { camera: string; range: Range; cover: Cover; recipient: string; reason: string }

function useRenewed(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: KEY });
}

export function useAskClip() {
  const renew = useRenewed();
  return useMutation<Clip, ProblemError, AskedClip>({
    mutationFn: ({ camera, range, cover, recipient, reason }) => answer(api.POST("/api/video/exports", {
      body: { camera_id: camera, from: rfc3339(range.from), to: rfc3339(range.to), cover, recipient }, headers: wordHeaders({ reason }),
    })),
    onSettled: renew,
  });
}

export function useDecideClip() {
  const renew = useRenewed();
  return useMutation<Clip, ProblemError, { id: string; drawn: boolean }>({
    mutationFn: ({ id, drawn }) => answer(api.POST("/api/video/exports/{export_id}/decision", { params: { path: { export_id: id } }, body: { drawn } })),
    onSettled: renew,
  });
}

export function useReviewClip(id: string) {
  return useMutation<Review, ProblemError>({
    gcTime: 0,
    mutationFn: () => answer(api.POST("/api/video/exports/{export_id}/review", { params: { path: { export_id: id } } })),
  });
}

export function useMaskClip(id: string) {
  const renew = useRenewed();
  return useMutation<Review, ProblemError, HandMask[]>({
    mutationFn: (masks) => answer(api.PUT("/api/video/exports/{export_id}/masks", { params: { path: { export_id: id } }, body: { masks } })),
    onSettled: renew,
  });
}

export interface Film { blob: Blob; sha256: string }

/** The film of an open review as it stands: another hash is another film. */
export function useFilm(id: string, viewing: string | null, sha256: string) {
  return useQuery<Film, ProblemError>({
    queryKey: ["video", "film", id, viewing, sha256], enabled: viewing !== null && sha256 !== "", staleTime: Infinity, gcTime: 0, retry: false,
    queryFn: async ({ signal }) => {
      const blob = await answer<Blob>(api.GET("/api/video/exports/{export_id}/film", {
        params: { path: { export_id: id }, query: { viewing: viewing ?? "" } }, parseAs: "blob", signal,
      }) as Promise<{ data?: Blob; response: Response }>);
      return { blob, sha256: hexOf(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())) };
    },
  });
}

export function useSignClip(id: string) {
  const renew = useRenewed();
  return useMutation<Blob, ProblemError, string>({
    gcTime: 0,
    mutationFn: (sha256) => answer<Blob>(api.POST("/api/video/exports/{export_id}/signature", {
      params: { path: { export_id: id } }, body: { sha256 }, parseAs: "blob",
    }) as Promise<{ data?: Blob; response: Response }>),
    onSettled: renew,
  });
}
