/** Event files: read, written version by version, compared, taken over, looked back on. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, problemOf } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type EventFile = Schemas["EventFile"];
export type Content = Schemas["Content-Output"];
export type FileState = Schemas["State"];
export type Remark = Schemas["RemarkItem"];
export type FileVersion = Schemas["VersionItem"];
export type Difference = Schemas["FileDifference"];
export type Proposal = Schemas["ReuseProposal"];
export type AfterAction = Schemas["AfterAction"];

const key = (planId: string): unknown[] => ["event-file", planId];
const path = (planId: string) => ({ path: { plan_id: planId } });

export function useEventFile(planId: string): Answer<EventFile> {
  return useQuery<EventFile, ProblemError>({
    queryKey: key(planId), staleTime: 60_000, refetchOnWindowFocus: false,
    queryFn: ({ signal }) => answer<EventFile>(api.GET("/api/event-files/{plan_id}", { params: path(planId), signal }) as never),
  });
}

export function useFileVersions(planId: string, enabled: boolean): Answer<FileVersion[]> {
  return useQuery<FileVersion[], ProblemError>({
    queryKey: [...key(planId), "versions"], enabled, staleTime: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/event-files/{plan_id}/versions", { params: path(planId), signal }))).items,
  });
}

export function useDifference(planId: string, before: number, after: number): Answer<Difference> {
  return useQuery<Difference, ProblemError>({
    queryKey: [...key(planId), "diff", before, after], enabled: after > 0 && before !== after, staleTime: Infinity,
    queryFn: ({ signal }) => answer(api.GET("/api/event-files/{plan_id}/diff", { params: { ...path(planId), query: { before, after } }, signal })),
  });
}

export function useProposals(planId: string, enabled: boolean): Answer<Proposal[]> {
  return useQuery<Proposal[], ProblemError>({
    queryKey: [...key(planId), "reuse"], enabled, staleTime: 60_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/event-files/{plan_id}/reuse", { params: path(planId), signal }))).items,
  });
}

export function useAfterAction(planId: string): Answer<AfterAction> {
  return useQuery<AfterAction, ProblemError>({
    queryKey: [...key(planId), "after"], staleTime: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/event-files/{plan_id}/after-action", { params: path(planId), signal })),
  });
}

const match = (version: number) => ({ "If-Match": `"${version}"` });

/** Write a version on top of the one that was read; the file comes back as it is now. */
export function useSaveFile(planId: string) {
  const client = useQueryClient();
  return useMutation<EventFile, ProblemError, { version: number; content: Content; state: FileState; why: string }>({
    mutationFn: ({ version, content, state, why }) => answer<EventFile>(api.PUT("/api/event-files/{plan_id}", {
      params: path(planId), headers: match(version), body: { content: content as unknown as Schemas["Content-Input"], state, why },
    }) as never),
    onSuccess: (file) => {
      client.removeQueries({ queryKey: [...key(planId), "versions"] });
      client.removeQueries({ queryKey: [...key(planId), "after"] });
      client.setQueryData(key(planId), file);
    },
  });
}

export function useReuseFile(planId: string) {
  const client = useQueryClient();
  return useMutation<EventFile, ProblemError, { version: number; from: Proposal }>({
    mutationFn: ({ version, from }) => answer<EventFile>(api.POST("/api/event-files/{plan_id}/reuse", {
      params: path(planId), headers: match(version), body: { plan_id: from.plan_id, version: from.version },
    }) as never),
    onSuccess: (file) => {
      client.removeQueries({ queryKey: [...key(planId), "versions"] });
      client.setQueryData(key(planId), file);
    },
  });
}

/** A paper of the file, to be kept by the browser under the name the server gives it. */
export function useFilePaper(planId: string) {
  return useMutation<undefined, ProblemError, { what: "report.pdf" | "map.svg"; lang: "fr" | "en"; size: "A4" | "A3"; recipient: string }>({
    mutationFn: async ({ what, lang, size, recipient }) => {
      const query = new URLSearchParams({ lang, size, ...(recipient ? { recipient } : {}) });
      const response = await fetch(`/api/event-files/${encodeURIComponent(planId)}/${what}?${query.toString()}`, { credentials: "same-origin" });
      if (!response.ok) throw await problemOf(response);
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? what;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
      return undefined;
    },
  });
}
