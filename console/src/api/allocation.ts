/** Posts and shifts for an event: proposals from which a person chooses. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";
import { spreadShifts, type Pause, type Stretch } from "@/lib/rota";

type Schemas = components["schemas"];
export type Allocation = Schemas["AllocationAnswer"];
export type Proposal = Schemas["ProposalAnswer"];
export type Post = Schemas["PostAnswer"];
export type Spread = Schemas["Spread"];
export type FilePost = Schemas["Post-Input"];
export type FileShift = Schemas["Shift-Input"];
export type FileContent = Schemas["Content-Input"];
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

/** An ordinary day: when, and where (`ZONING:ZONE`; null for the whole city). */
export interface Window { from: string; to: string; zone: string | null }

const UNASKED = { on_scene_min: 25, answered: 1, weeks: 26, before_h: 0, after_h: 0, radius_m: 800 } as const;

/** Patrols of an ordinary day; nothing is asked until there is a window. */
export function useDayAllocation(window: Window | null, means: Means): Answer<Allocation> {
  return useQuery<Allocation, ProblemError>({
    queryKey: ["allocation-day", window, means], enabled: window !== null, staleTime: 300_000, retry: false, placeholderData: (before) => before,
    queryFn: ({ signal }) => answer(api.POST("/api/allocations", {
      signal,
      body: {
        ...UNASKED, from: window?.from ?? null, to: window?.to ?? null, zone: window?.zone ?? null, posts: means.posts, available: means.available,
        per_post: means.perPost, reach_s: means.reachMin * 60, speed_kmh: means.speedKmh, district_floor: means.floor, exposure: means.exposure,
      },
    })),
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
  /** Empty: only posts are taken over, and the shifts that the file has stay. */
  shifts: readonly Stretch[];
  /** What the file says of the breaks of a shift. */
  noteOf: (breaks: readonly Pause[]) => string;
}

/** What a file holds once a proposal is in it, and how many entered shifts went with a post that is no more. */
export interface Taken { content: FileContent; lost: number }

const OWN = /^(alloc|aid)-\d+$/;
const OWN_SHIFT = /^rota-\d+$/;
const postId = (number: number): string => `alloc-${number}`;

/** The posts of a file with those of an earlier proposal replaced; what people entered stays. */
export function postsWith(before: readonly FilePost[], chosen: Chosen): FilePost[] {
  const times = { from_at: chosen.from, to_at: chosen.to };
  const place = (one: { lon: number; lat: number }): { type: "Point"; coordinates: [number, number] } => ({ type: "Point", coordinates: [one.lon, one.lat] });
  return [
    ...before.filter((one) => !OWN.test(one.id)),
    ...chosen.posts.map((one): FilePost => ({ id: postId(one.number), name: one.name, kind: "agents", place: place(one), headcount: chosen.perPost, service: "", mission: one.mission, ...times })),
    ...chosen.firstAid.map((one, i): FilePost => ({ id: `aid-${i + 1}`, name: one.name, kind: "first_aid", place: place(one), headcount: 0, service: "", mission: "", ...times })),
  ];
}

/** The same of a whole file: shifts of an earlier proposal are replaced, those that people entered stay where their post does. */
export function contentWith(read: FileContent, chosen: Chosen): Taken {
  const posts = postsWith(read.posts, chosen);
  const known = new Set(posts.map((one) => one.id));
  const renewed = chosen.shifts.length > 0;
  const before = read.shifts.filter((one) => !(renewed && OWN_SHIFT.test(one.id)));
  const kept = before.filter((one) => known.has(one.post));
  const own = spreadShifts(chosen.posts.map((one) => postId(one.number)), chosen.shifts);
  const shifts = own.map((one, i): FileShift => ({ id: `rota-${i + 1}`, post: one.post, from_at: one.from, to_at: one.to, headcount: one.headcount, service: "", note: chosen.noteOf(one.breaks) }));
  return { content: { ...read, posts, shifts: [...kept, ...shifts] }, lost: before.length - kept.length };
}

/** Adds a version to the event's file with what was chosen; answers its number and what went. */
export function useTakeOver(planId: string) {
  const client = useQueryClient();
  return useMutation<{ version: number; lost: number }, ProblemError, Chosen>({
    mutationFn: async (chosen) => {
      const path = { plan_id: planId };
      const file = await answer(api.GET("/api/event-files/{plan_id}", { params: { path } }));
      const read = file.content as FileContent; // what is answered may be sent back as it is
      const { content, lost } = contentWith(read, chosen);
      const header = { "If-Match": `"${file.version}"` };
      const kept = await answer(api.PUT("/api/event-files/{plan_id}", { params: { path, header }, body: { content, why: chosen.why, state: "draft" } }));
      return { version: kept.version, lost };
    },
    onSuccess: async () => { await client.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("event-file") }); },
  });
}
