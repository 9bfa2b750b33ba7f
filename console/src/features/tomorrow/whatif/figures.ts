/** Which figures stand together, how each is written, and what a change means for the city; pure. */
import type { Ranged, WhatIfFigure } from "@/api/whatif";
import { countText, decimalText } from "@/lib/numbers";

export const GROUPS = ["means", "facts", "people", "crowd", "transit", "aid", "streets"] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<string, Group> = {
  "facts.total": "facts", "calls.police": "facts", "calls.rescue": "facts",
  "agents.needed": "means", "agents.posts": "means", "agents.usual": "means", "agents.rule": "means", "barriers.usual": "means", "barriers.rule": "means",
  "barriers.length": "means", "diversions.usual": "means", stewards: "means",
  "people.attendance": "people", "people.peak": "people",
  "crowd.density": "crowd", "egress.minutes": "crowd", "egress.minutes_ceiling": "crowd",
  "transit.load": "transit", "transit.minutes": "transit",
  "aid.responders": "aid", "aid.posts": "aid", "first_aid_posts.usual": "aid", "aid.assisted": "aid", "aid.treated": "aid", "aid.transported": "aid", "hospital.arrivals": "aid",
  "streets.closed": "streets",
};
export const KIND = "facts.kind.";
const TENTH = 10;

/** The group of a figure, null for one that is not shown. */
export function groupOf(code: string): Group | null {
  return code.startsWith(KIND) ? "facts" : (GROUP_OF[code] ?? null);
}

/** Unit shown after a number; empty where the name says it. */
export function unitOf(code: string): string {
  if (code.startsWith("egress.") || code === "transit.minutes") return "min";
  if (code === "transit.load") return "%";
  return code === "crowd.density" ? "p/m²" : "";
}

export function numberText(value: number, language: string): string {
  return Math.abs(value) >= TENTH ? countText(value, language) : decimalText(value, language, 1);
}

export function signedText(value: number, language: string): string {
  const text = numberText(Math.abs(value), language);
  if (text === numberText(0, language)) return text;
  return value > 0 ? `+${text}` : `−${text}`;
}

/** Whether a number stands without an interval: a rule, a grid or a geometry gives it. */
export function isCertain(one: Ranged): boolean {
  return one.low === one.high && (one.method === "rule" || one.method === "grid" || one.method === "geometry");
}

/** Clearly more, clearly less, or not to be told from no change. */
export function directionOf(change: Ranged | null): "more" | "less" | "same" {
  if (!change) return "same";
  if (change.low > 0 || (isCertain(change) && change.likely > 0)) return "more";
  return change.high < 0 || (isCertain(change) && change.likely < 0) ? "less" : "same";
}

export function grouped(figures: readonly WhatIfFigure[]): { group: Group; figures: WhatIfFigure[] }[] {
  return GROUPS.map((group) => ({ group, figures: figures.filter((one) => groupOf(one.code) === group) })).filter((one) => one.figures.length > 0);
}
