/** Proposed posts: a number where each stands, and the ground it reaches. */
import type { Layer } from "@deck.gl/core";
import { ScatterplotLayer, TextLayer } from "@deck.gl/layers";
import type { Rgba } from "@/lib/colour";
import type { PostMark } from "@/state/mapPosts";

export function postLayers(posts: readonly PostMark[], look: { dark: boolean; scale: number }): Layer[] {
  if (posts.length === 0) return [];
  const accent: Rgba = look.dark ? [124, 184, 242, 255] : [11, 83, 148, 255];
  const ground: Rgba = look.dark ? [11, 17, 24, 255] : [255, 255, 255, 255];
  const data = posts as PostMark[];
  return [
    new ScatterplotLayer<PostMark>({
      id: "post-reach",
      data: data.filter((post) => post.reachM > 0),
      getPosition: (post) => [post.lon, post.lat],
      getRadius: (post) => post.reachM,
      radiusUnits: "meters",
      stroked: true,
      getFillColor: [accent[0], accent[1], accent[2], 26],
      getLineColor: [accent[0], accent[1], accent[2], 120],
      getLineWidth: 1.2,
      lineWidthUnits: "pixels",
      updateTriggers: { getFillColor: [look.dark], getLineColor: [look.dark] },
    }),
    new ScatterplotLayer<PostMark>({
      id: "posts",
      data,
      getPosition: (post) => [post.lon, post.lat],
      getRadius: (post) => (post.chosen ? 15 : 12) * look.scale,
      radiusUnits: "pixels",
      stroked: true,
      getFillColor: (post) => (post.kind === "first_aid" ? ground : accent),
      getLineColor: (post) => (post.kind === "first_aid" ? accent : ground),
      getLineWidth: 2,
      lineWidthUnits: "pixels",
      updateTriggers: { getFillColor: [look.dark], getLineColor: [look.dark] },
    }),
    new TextLayer<PostMark>({
      id: "post-names",
      data,
      getPosition: (post) => [post.lon, post.lat],
      getText: (post) => post.text,
      getColor: (post) => (post.kind === "first_aid" ? accent : ground),
      getSize: 12 * look.scale,
      fontFamily: "Inter Variable, system-ui, sans-serif",
      fontWeight: 650,
      characterSet: "0123456789+",
      updateTriggers: { getColor: [look.dark] },
    }),
  ];
}
