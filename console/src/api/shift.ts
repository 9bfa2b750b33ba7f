/** The shift: what is done about a situation, the log, means proposed, dispatches, handovers. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Sheet = Schemas["Sheet"];
export type FollowedCard = Schemas["FollowedCard"];
export type FollowedStep = Schemas["FollowedStep"];
export type ShiftLine = Schemas["LineAnswer"];
export type ShiftLog = Schemas["ShiftLog"];
export type LineWritten = Schemas["LineWritten"];
export type LineReceipt = Schemas["LineReceipt"];
export type Proposal = Schemas["MeansProposal"];
export type Candidate = Schemas["Candidate"];
export type Dispatch = Schemas["DispatchAnswer"];
export type DispatchWritten = Schemas["DispatchWritten"];
export type DispatchReceipt = Schemas["DispatchReceipt"];
export type HandoverDraft = Schemas["HandoverDraft"];
export type HandoverWritten = Schemas["HandoverWritten"];
export type HandoverListed = Schemas["HandoverListed"];
export type HandoverVersion = Schemas["HandoverAnswer"];
export type CardList = Schemas["CardList"];

export function useSheet(situation: string, kind: string, enabled = true): Answer<Sheet> {
  return useQuery<Sheet, ProblemError>({
    queryKey: ["shift", "sheet", situation, kind], staleTime: 5_000, refetchInterval: 20_000, enabled,
    queryFn: ({ signal }) => answer(api.GET("/api/shift/sheet", { params: { query: { situation, kind } }, signal })),
  });
}

export function useCards(enabled = true): Answer<CardList> {
  return useQuery<CardList, ProblemError>({
    queryKey: ["cards"], staleTime: 600_000, enabled,
    queryFn: ({ signal }) => answer(api.GET("/api/shift/cards", { signal })),
  });
}

export function useProposal(situation: string, kind: string, enabled = true): Answer<Proposal> {
  return useQuery<Proposal, ProblemError>({
    queryKey: ["shift", "proposal", situation, kind], staleTime: 10_000, refetchInterval: 30_000, enabled,
    queryFn: ({ signal }) => answer(api.GET("/api/shift/proposal", { params: { query: { situation, kind } }, signal })),
  });
}

export function useShiftLog(): Answer<ShiftLog> {
  return useQuery<ShiftLog, ProblemError>({
    queryKey: ["shift", "log"], staleTime: 10_000, refetchInterval: 60_000,
    queryFn: ({ signal }) => answer(api.GET("/api/shift/log", { signal })),
  });
}

export function useHandovers(): Answer<HandoverListed[]> {
  return useQuery<HandoverListed[], ProblemError>({
    queryKey: ["shift", "handovers"], staleTime: 30_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/shift/handovers", { signal }))).items,
  });
}

export function useHandover(id: string): Answer<HandoverVersion[]> {
  return useQuery<HandoverVersion[], ProblemError>({
    queryKey: ["shift", "handovers", id], staleTime: 30_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/shift/handovers/{handover_id}", { params: { path: { handover_id: id } }, signal }))).items,
  });
}

/** Every change makes what is shown of the shift be asked again. */
function useChange<Body, Told>(send: (body: Body) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation<Told, ProblemError, Body>({ mutationFn: send, onSettled: () => client.invalidateQueries({ queryKey: ["shift"] }) });
}

export const useWriteLine = () => useChange<LineWritten, LineReceipt>((body) => answer(api.POST("/api/shift/lines", { body })));

export const useConfirmDispatch = () => useChange<DispatchWritten, DispatchReceipt>((body) => answer(api.POST("/api/shift/dispatches", { body })));

export const useSignHandover = () => useChange<HandoverWritten, HandoverVersion>((body) => answer(api.POST("/api/shift/handovers", { body })));

export function useDraft() {
  return useMutation<HandoverDraft, ProblemError, "fr" | "en">({
    mutationFn: (language) => answer(api.GET("/api/shift/handover", { params: { query: { language } } })),
  });
}
