/** The posts of a proposal on the map, with what they reach; the map goes to where they are. */
import { useEffect, useMemo } from "react";
import type { Aim, Allocation } from "@/api/allocation";
import { proposalOf } from "@/features/tomorrow/allocation/Proposals";
import type { Box } from "@/lib/bbox";
import { useMapPosts, type PostMark } from "@/state/mapPosts";
import { command } from "@/state/mapStage";

const DETOUR = 1.3;

export function usePostsOnMap(data: Allocation | undefined, aim: Aim): void {
  const marks = useMemo<PostMark[]>(() => {
    const proposal = data && proposalOf(data, aim);
    if (!proposal) return [];
    const posts = proposal.posts.map<PostMark>((post) => ({
      kind: "post", lon: post.lon, lat: post.lat, text: String(post.number), reachM: data.given.reach_m / DETOUR, chosen: false,
    }));
    return [...posts, ...data.first_aid.map<PostMark>((post) => ({ kind: "first_aid", lon: post.lon, lat: post.lat, text: "+", reachM: 0, chosen: false }))];
  }, [data, aim]);
  useMapPosts(marks);
  const first = marks[0];
  const box = first ? marks.reduce<Box>((b, one) => [Math.min(b[0], one.lon), Math.min(b[1], one.lat), Math.max(b[2], one.lon), Math.max(b[3], one.lat)], [first.lon, first.lat, first.lon, first.lat]) : null;
  const seen = box?.join() ?? "";
  useEffect(() => {
    const [west, south, east, north] = seen.split(",").map(Number);
    if (west !== undefined && south !== undefined && east !== undefined && north !== undefined) command({ type: "fit", box: [west, south, east, north] });
  }, [seen]);
}
