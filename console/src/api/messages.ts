/** Messages to the public: what is prepared and told, writing one, acting on one, what everybody reads. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Geometry } from "@/api/types";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type MessageContent = Omit<Schemas["MessageContent"], "geometry"> & { geometry: Geometry | null };
type Contents = { content: MessageContent; public: MessageContent | null };
export type MessageStanding = Omit<Schemas["MessageStanding"], keyof Contents> & Contents;
export type MessageDetail = Omit<Schemas["MessageDetail"], keyof Contents> & Contents;
export type MessagePage = Omit<Schemas["MessagePage"], "items"> & { items: MessageStanding[] };
export type MessageBounds = Schemas["MessageBounds"];
export type MessageHistory = Schemas["MessageHistory"];
export type MessageState = MessageStanding["state"];
export type MessageSpec = Schemas["MessageDraft"];
export type MessageAct = Schemas["MessageAct"];
export type PublicFeature = Schemas["PublicFeature"];
export type PublicBoard = Schemas["PublicMessageCollection"];

export function useMessages(): Answer<MessagePage> {
  return useQuery<MessagePage, ProblemError>({
    queryKey: ["messages", "list"], staleTime: 5_000, refetchInterval: 20_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/messages", { params: { query: { past_days: 30 } }, signal }))) as unknown as MessagePage,
  });
}

export function useMessage(id: string): Answer<MessageDetail> {
  return useQuery<MessageDetail, ProblemError>({
    queryKey: ["messages", "one", id], staleTime: 5_000, refetchInterval: 20_000,
    queryFn: async ({ signal }) => (await answer(api.GET("/api/messages/{message_id}", { params: { path: { message_id: id } }, signal }))) as unknown as MessageDetail,
  });
}

/** What everybody reads, asked at the address where everybody reads it. */
export function usePublicBoard(): Answer<PublicBoard> {
  return useQuery<PublicBoard, ProblemError>({
    queryKey: ["messages", "public"], staleTime: 5_000, refetchInterval: 30_000,
    queryFn: ({ signal }) => answer(api.GET("/api/public/messages", { signal, cache: "no-cache" })),
  });
}

/** Write a new message, or a new draft of one (`after`: the act it was written on). */
export function useWriteMessage() {
  const client = useQueryClient();
  return useMutation<MessageDetail, ProblemError, { id: string | null; after: number; body: MessageSpec }>({
    mutationFn: async ({ id, after, body }) => (await answer(
      id === null ? api.POST("/api/messages", { body })
        : api.PUT("/api/messages/{message_id}", { params: { path: { message_id: id } }, body: { ...body, after } }),
    )) as unknown as MessageDetail,
    onSuccess: (told) => { client.setQueryData(["messages", "one", told.message_id], told); },
    onSettled: () => client.invalidateQueries({ queryKey: ["messages"] }),
  });
}

export function useActOnMessage(id: string) {
  const client = useQueryClient();
  return useMutation<MessageDetail, ProblemError, MessageAct>({
    mutationFn: async (body) => (await answer(api.POST("/api/messages/{message_id}/acts", { params: { path: { message_id: id } }, body }))) as unknown as MessageDetail,
    onSuccess: (told) => { client.setQueryData(["messages", "one", id], told); },
    onSettled: () => client.invalidateQueries({ queryKey: ["messages"] }),
  });
}
