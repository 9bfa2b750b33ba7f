/** A plan as a form holds it: texts, and what of them differs from what stands. */
import type { Geometry } from "geojson";
import type { PlanFields } from "@/api/agenda";
import type { PlanDetail } from "@/api/types";
import { wallInstant, wallText } from "@/lib/localTime";
import { HOUR, parseInstant, rfc3339 } from "@/lib/time";

export const MEANS = ["agents", "barriers", "first_aid_posts", "diversions"] as const;
export const SIZES = ["attendance_low", "attendance_likely", "attendance_high"] as const;
const EVENING = 20;

export interface Draft {
  kind: string;
  title: string;
  starts: string;
  ends: string;
  /** Minutes. */
  setup: string;
  teardown: string;
  sizes: Record<(typeof SIZES)[number], string>;
  state: string;
  declared: boolean;
  closes: string;
  means: Record<string, string>;
  knownFrom: string;
  geometry: Geometry | null;
  reason: string;
}

export function emptyDraft(now: number, zone: string, wild: boolean): Draft {
  const day = wallText(now + (wild ? 0 : 7 * 24 * HOUR), zone).slice(0, 10);
  const starts = wild ? wallText(now, zone) : `${day}T${EVENING}:00`;
  const ends = wild ? wallText(now + 3 * HOUR, zone) : `${day}T${EVENING + 2}:00`;
  return {
    kind: wild ? "event.gathering" : "", title: "", starts, ends, setup: "0", teardown: "0",
    sizes: { attendance_low: "", attendance_likely: "", attendance_high: "" }, state: "declared", declared: !wild, closes: "", means: {}, knownFrom: "", geometry: null, reason: "",
  };
}

export function draftOf(plan: PlanDetail, zone: string): Draft {
  const wall = (at: string): string => wallText(parseInstant(at) ?? 0, zone);
  const text = (n: number | null): string => (n === null ? "" : String(n));
  return {
    kind: plan.kind, title: plan.title ?? "", starts: wall(plan.starts_at), ends: wall(plan.ends_at),
    setup: String(Math.round((plan.setup_s ?? 0) / 60)), teardown: String(Math.round((plan.teardown_s ?? 0) / 60)),
    sizes: { attendance_low: text(plan.attendance_low), attendance_likely: text(plan.attendance_likely), attendance_high: text(plan.attendance_high) },
    state: plan.state, declared: plan.declared, closes: plan.closes.join(", "),
    means: Object.fromEntries(Object.entries(plan.means).map(([name, value]) => [name, value ?? ""])),
    knownFrom: plan.attributes["known_from"] ?? "", geometry: plan.geometry, reason: "",
  };
}

const number = (text: string): number | null => (text.trim() === "" ? null : Number(text.replace(/[\s\u202f]/g, "").replace(",", ".")));

/** What is sent: everything of a new plan, and of a known one what differs from it. */
export function fieldsOf(draft: Draft, before: Draft | null, zone: string, attributes: Record<string, string | null> = {}): PlanFields {
  const changed = (...names: (keyof Draft)[]): boolean => before === null || names.some((name) => JSON.stringify(draft[name]) !== JSON.stringify(before[name]));
  const instant = (text: string): string | null => {
    const ms = wallInstant(text, zone);
    return ms === null ? null : rfc3339(ms);
  };
  const said = Object.fromEntries(Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
  return {
    ...(changed("kind") ? { kind: draft.kind } : {}),
    ...(changed("title") ? { title: draft.title } : {}),
    ...(changed("starts") ? { starts_at: instant(draft.starts) } : {}),
    ...(changed("ends") ? { ends_at: instant(draft.ends) } : {}),
    ...(changed("setup") ? { setup_s: Math.round((number(draft.setup) ?? 0) * 60) } : {}),
    ...(changed("teardown") ? { teardown_s: Math.round((number(draft.teardown) ?? 0) * 60) } : {}),
    ...(changed("sizes") ? Object.fromEntries(SIZES.map((name) => [name, number(draft.sizes[name])])) : {}),
    ...(changed("state") ? { state: draft.state } : {}),
    ...(changed("declared") ? { declared: draft.declared } : {}),
    ...(changed("closes") ? { closes: draft.closes.split(",").map((one) => one.trim()).filter(Boolean) } : {}),
    ...(changed("means") ? { means: Object.fromEntries(Object.entries(draft.means).filter(([, value]) => value.trim() !== "")) } : {}),
    ...(changed("knownFrom") ? { attributes: { ...said, ...(draft.knownFrom ? { known_from: draft.knownFrom } : {}) } } : {}),
    ...(changed("geometry") ? { geometry: draft.geometry as PlanFields["geometry"] } : {}),
    ...(draft.reason ? { reason: draft.reason } : {}),
  } as PlanFields;
}
