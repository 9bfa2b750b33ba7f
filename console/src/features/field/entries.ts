/** Entries of the field page: what one is, where it stands, what is sent of it. Nothing here reads or writes. */
import { latLngToCell } from "h3-js";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type FieldForm = Schemas["FieldForm"];
export type FieldEntry = Schemas["FieldEntry"];
export type FieldVerdict = Schemas["FieldVerdict"];
export type State = "waiting" | "sent" | "refused";

export interface Kept {
  client_id: string;
  /** Login of who entered it: nobody else's session sends it. */
  by: string;
  kind: string;
  /** Empty, with place and text, once it is sent: a phone keeps no more than it needs. */
  cell: string;
  place: string;
  text: string;
  /** Epoch milliseconds. */
  at: number;
  state: State;
  why: { fr: string; en: string } | null;
}

const HOUR = 3_600_000;
/** Hours that a sent entry is still listed on the phone. */
export const LISTED_H = 24;

/** The cell of some 150 m around a position: all that leaves this function, and all that is ever kept or sent. */
export function snapped(lon: number, lat: number, resolution: number): string {
  return latLngToCell(lat, lon, resolution);
}

export function newEntry(given: Pick<Kept, "by" | "kind" | "cell" | "place" | "text">, now: number, id: string): Kept {
  return { ...given, text: given.text.trim(), client_id: id, at: now, state: "waiting", why: null };
}

/** What is sent next: the oldest that wait, of the person who is signed in. */
export function toSend(entries: readonly Kept[], login: string, most: number): Kept[] {
  return entries.filter((one) => one.state === "waiting" && one.by === login).sort((a, b) => a.at - b.at).slice(0, most);
}

export function asSent({ client_id, kind, cell, at, text }: Kept): FieldEntry {
  return { client_id, kind, cell, at: new Date(at).toISOString(), text };
}

/** An entry after what the server said of it; one that it did not name waits on. */
export function settled(entry: Kept, verdicts: readonly FieldVerdict[]): Kept {
  const verdict = verdicts.find((one) => one.client_id === entry.client_id);
  if (!verdict) return entry;
  return verdict.state === "taken" ? { ...entry, state: "sent", cell: "", place: "", text: "", why: null } : { ...entry, state: "refused", why: verdict.why };
}

/** Whether an entry may leave the phone: sent, and long enough ago. */
export function isOver(entry: Kept, now: number): boolean {
  return entry.state === "sent" && now - entry.at > LISTED_H * HOUR;
}

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Streets whose name holds every word of a search, accents aside; those that begin with it first. */
export function streetsLike(streets: FieldForm["streets"], search: string, most: number): FieldForm["streets"] {
  const words = plain(search).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (words.length === 0) return [];
  const found = streets.filter((one) => { const name = plain(one.name); return words.every((word) => name.includes(word)); });
  const start = plain(search.trim());
  return [...found.filter((one) => plain(one.name).startsWith(start)), ...found.filter((one) => !plain(one.name).startsWith(start))].slice(0, most);
}
