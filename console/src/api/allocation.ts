/** Posts and shifts for an event: proposals from which a person chooses. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Allocation = Schemas["AllocationAnswer"];
export type Proposal = Schemas["ProposalAnswer"];
export type Post = Schemas["PostAnswer"];
export type Spread = Schemas["Spread"];
export type FilePost = Schemas["Post-Input"];
export type Aim = Proposal["aim"];

/** What is asked for; null takes what the plan says. */
export interface Means {
  posts: number | null;
  perPost: number;
  reachMin: number;
  speedKmh: number;
  available: number | null;
  floor: number;
  exposure: boolean;
}

export const FOOT_KMH = 4.5;
export const VEHICLE_KMH = 20;
export const USUAL: Means = { posts: null, perPost: 2, reachMin: 5, speedKmh: FOOT_KMH, available: null, floor: 0.3, exposure: true };

/** The same question asked again is answered from memory; another waits with the old answer shown. */
export function useAllocation(planId: string, means: Means): Answer<Allocation> {
  const query = {
    per_post: means.perPost, reach_s: means.reachMin * 60, speed_kmh: means.speedKmh, district_floor: means.floor, exposure: means.exposure,
    ...(means.posts === null ? {} : { posts: means.posts }), ...(means.available === null ? {} : { available: means.available }),
  };
  return useQuery<Allocation, ProblemError>({
    queryKey: ["allocation", planId, means], staleTime: 300_000, retry: false, placeholderData: (before) => before,
    queryFn: ({ signal }) => answer(api.GET("/api/plans/{plan_id}/allocation", { params: { path: { plan_id: planId }, query }, signal })),
  });
}

/** A proposal as it goes into an event's file. */
export interface Chosen {
  why: string;
  from: string;
  to: string;
  perPost: number;
  posts: readonly { number: number; lon: number; lat: number; name: string; mission: string }[];
  firstAid: readonly { lon: number; lat: number; name: string }[];
}

const OWN = /^(alloc|aid)-\d+$/;

/** The posts of a file with those of an earlier proposal replaced; what people entered stays. */
export function postsWith(before: readonly FilePost[], chosen: Chosen): FilePost[] {
  const times = { from_at: chosen.from, to_at: chosen.to };
  const place = (one: { lon: number; lat: number }): { type: "Point"; coordinates: [number, number] } => ({ type: "Point", coordinates: [one.lon, one.lat] });
  return [
    ...before.filter((one) => !OWN.test(one.id)),
    ...chosen.posts.map((one): FilePost => ({ id: `alloc-${one.number}`, name: one.name, kind: "agents", place: place(one), headcount: chosen.perPost, service: "", mission: one.mission, ...times })),
    ...chosen.firstAid.map((one, i): FilePost => ({ id: `aid-${i + 1}`, name: one.name, kind: "first_aid", place: place(one), headcount: 0, service: "", mission: "", ...times })),
  ];
}

/** Adds a version to the event's file with the posts chosen; answers its number. */
export function useTakeOver(planId: string) {
  const client = useQueryClient();
  return useMutation<number, ProblemError, Chosen>({
    mutationFn: async (chosen) => {
      const path = { plan_id: planId };
      const file = await answer(api.GET("/api/event-files/{plan_id}", { params: { path } }));
      const read = file.content as Schemas["Content-Input"]; // what is answered may be sent back as it is
      const content = { ...read, posts: postsWith(read.posts, chosen) };
      const header = { "If-Match": `"${file.version}"` };
      const kept = await answer(api.PUT("/api/event-files/{plan_id}", { params: { path, header }, body: { content, why: chosen.why, state: "draft" } }));
      return kept.version;
    },
    onSuccess: async () => { await client.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("event-file") }); },
  });
}
