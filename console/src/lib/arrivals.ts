/** What the live stream has just brought, before the next answer of the server holds it too. */
import type { Box } from "@/lib/bbox";
import type { Range } from "@/lib/time";
import type { Filters } from "@/lib/urlState";

export interface Arrival {
  fact_id: string;
  kind: string;
  source: string;
  lon: number | null;
  lat: number | null;
  severity: number | null;
  status: "open" | "in_progress" | "closed" | null;
  earliest_at: string;
  latest_at: string;
}

/** What one event tells: facts, and the number of those it leaves out, by severity ("0": without one). */
export interface Tick { facts: Arrival[]; leftOut: Record<string, number> }

export const MOST_HELD = 300;

const STATUS: ReadonlySet<unknown> = new Set(["open", "in_progress", "closed"]);

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function arrival(row: unknown): Arrival | null {
  const data = row as Record<string, unknown> | null;
  const id = data?.["fact_id"];
  const kind = data?.["kind"];
  const at = data?.["at"];
  if (!data || typeof id !== "string" || typeof kind !== "string" || typeof at !== "string") return null;
  return {
    fact_id: id, kind, source: typeof data["source"] === "string" ? data["source"] : "",
    lon: number(data["lon"]), lat: number(data["lat"]), severity: number(data["severity"]),
    status: STATUS.has(data["status"]) ? data["status"] as Arrival["status"] : null,
    earliest_at: at, latest_at: at,
  };
}

/** Read the data of an event that tells one fact or many. */
export function readTick(data: Record<string, unknown>): Tick {
  const rows = Array.isArray(data["facts"]) ? data["facts"] : [data];
  const counted = data["left_out"];
  const leftOut: Record<string, number> = {};
  if (typeof counted === "object" && counted !== null) {
    for (const [severity, n] of Object.entries(counted)) if (typeof n === "number") leftOut[severity] = n;
  }
  return { facts: rows.map(arrival).filter((row) => row !== null), leftOut };
}

/** The latest first; a fact told again takes the place of what was told of it before. */
export function addArrivals(held: readonly Arrival[], fresh: readonly Arrival[]): Arrival[] {
  const told = new Map<string, Arrival>();
  for (const one of fresh) told.set(one.fact_id, one);
  const first = [...told.values()].sort((a, b) => (b.earliest_at < a.earliest_at ? -1 : b.earliest_at > a.earliest_at ? 1 : 0));
  return [...first, ...held.filter((one) => !told.has(one.fact_id))].slice(0, MOST_HELD);
}

/** Whether a list with these bounds would hold it. Where zones are asked for only the server knows. */
export function wanted(one: Arrival, filters: Filters, range: Range, box: Box | null): boolean {
  if (filters.zone !== null) return false;
  if (filters.kinds.length > 0 && !filters.kinds.some((kind) => one.kind === kind || one.kind.startsWith(`${kind}.`))) return false;
  if (filters.sources.length > 0 && !filters.sources.includes(one.source)) return false;
  if (filters.severityMin !== null && (one.severity ?? 0) < filters.severityMin) return false;
  if (filters.status !== null && one.status !== filters.status) return false;
  const at = Date.parse(one.earliest_at);
  if (at < range.from || at >= range.to) return false;
  if (box === null) return true;
  return one.lon !== null && one.lat !== null && one.lon >= box[0] && one.lat >= box[1] && one.lon <= box[2] && one.lat <= box[3];
}
