/** Searching recordings by movement: an answer that comes line by line, and is kept nowhere. */
import { api, wordHeaders } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type SearchAsked = Partial<Schemas["SearchAsked"]>;
export type SearchCamera = Schemas["SearchCamera"];

/** A stretch of one camera's film in which something moved as wanted. */
export interface Found { camera: string; from: number; to: number; movements: number; box: readonly number[]; heading: readonly number[] }

/** What is known so far; `over` is null while it runs, then why it ended, empty for its own end. */
export interface Searched { cameras: readonly SearchCamera[]; found: readonly Found[]; done: number; of: number; over: string | null }

export const NOTHING: Searched = { cameras: [], found: [], done: 0, of: 0, over: null };

type Line = Schemas["SearchLine"];

/** What is known after one more line. */
export function take(known: Searched, line: Line): Searched {
  if (line.kind === "begin") return { ...known, cameras: line.cameras ?? [], of: (line.cameras ?? []).reduce((sum, one) => sum + one.pieces, 0) };
  if (line.kind === "went") return { ...known, done: known.done + 1 };
  if (line.kind === "end") return { ...known, over: line.why ?? "" };
  const found: Found = {
    camera: line.camera_id ?? "", from: Date.parse(line.from ?? ""), to: Date.parse(line.to ?? ""), movements: line.movements ?? 1,
    box: line.box ?? [], heading: line.heading ?? [],
  };
  return { ...known, found: [...known.found, found].sort((a, b) => a.from - b.from) };
}

/** Search, and tell what is known after each line; refusals are thrown before the first. */
export async function searchFilm(viewing: string, asked: SearchAsked, words: { reason: string; case: string }, signal: AbortSignal, tell: (known: Searched) => void): Promise<void> {
  const { response } = await api.POST("/api/video/viewings/{viewing_id}/search", {
    params: { path: { viewing_id: viewing } }, body: asked as Schemas["SearchAsked"], headers: wordHeaders(words), parseAs: "stream", signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let [known, rest] = [NOTHING, ""];
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) known = take(known, JSON.parse(line) as Line);
    tell(known);
  }
  if (known.over === null) tell({ ...known, over: "cut" });
}
