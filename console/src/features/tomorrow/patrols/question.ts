/** The question of an ordinary day's patrols as the address says it; pure. */
import { USUAL, VEHICLE_KMH, FOOT_KMH, type Aim, type Means, type Window } from "@/api/allocation";
import { fromLocalInput } from "@/lib/localInput";
import { HOUR, rfc3339 } from "@/lib/time";

export interface Question {
  day: string;
  hour: number;
  hours: number;
  /** `ZONING:ZONE`; null for the whole city. */
  zone: string | null;
  means: Means;
}

export const PATROLS: Means = { ...USUAL, posts: 8, reachMin: 8, speedKmh: VEHICLE_KMH };
export const LENGTHS = [4, 6, 8, 12, 24, 48] as const;
export const AIMS: readonly Aim[] = ["cover", "near", "even"];
const HOURS = 24;
const FIRST_HOUR = 14;
const USUAL_HOURS = 12;
type Key = "on" | "hour" | "hours" | "area" | "posts" | "per" | "reach" | "kmh" | "have" | "floor" | "free";
export type Address = Partial<Record<Key, string | null>>;

function within(text: string | undefined, low: number, high: number): number | null {
  const value = Number(text ?? "");
  return text !== undefined && text !== "" && Number.isFinite(value) && value >= low && value <= high ? value : null;
}

function whole(text: string | undefined, low: number, high: number): number | null {
  const value = within(text, low, high);
  return value !== null && Number.isInteger(value) ? value : null;
}

/** What the address asks; what it leaves out, or says wrongly, is the usual. */
export function questionOf(extra: Readonly<Record<string, string>>, tomorrow: string): Question {
  const hours = whole(extra["hours"], 1, 48);
  return {
    day: /^\d{4}-\d{2}-\d{2}$/.test(extra["on"] ?? "") && !Number.isNaN(Date.parse(extra["on"] ?? "")) ? (extra["on"] ?? tomorrow) : tomorrow,
    hour: whole(extra["hour"], 0, HOURS - 1) ?? FIRST_HOUR,
    hours: hours ?? USUAL_HOURS,
    zone: /^[\w-]+:.+$/.test(extra["area"] ?? "") ? (extra["area"] ?? null) : null,
    means: {
      posts: whole(extra["posts"], 1, 40) ?? PATROLS.posts,
      perPost: whole(extra["per"], 1, 20) ?? PATROLS.perPost,
      reachMin: within(extra["reach"], 0.5, 60) ?? PATROLS.reachMin,
      speedKmh: extra["kmh"] === String(FOOT_KMH) ? FOOT_KMH : PATROLS.speedKmh,
      available: whole(extra["have"], 0, 400),
      floor: within(extra["floor"], 0, 1) ?? PATROLS.floor,
      exposure: extra["free"] !== "1",
    },
  };
}

/** The same as an address; the day is always said, so that a link means the same tomorrow. */
export function addressOf({ day, hour, hours, zone, means }: Question): Address {
  const other = (value: number | null, usual: number | null): string | null => (value === null || value === usual ? null : String(value));
  return {
    on: day, hour: String(hour), hours: String(hours), area: zone,
    posts: other(means.posts, PATROLS.posts), per: other(means.perPost, PATROLS.perPost), reach: other(means.reachMin, PATROLS.reachMin),
    kmh: other(means.speedKmh, PATROLS.speedKmh), have: other(means.available, PATROLS.available), floor: other(means.floor, PATROLS.floor), free: means.exposure ? null : "1",
  };
}

/** From when to when on the city's clock. */
export function windowOf({ day, hour, hours, zone }: Question, timezone: string): Window {
  const from = fromLocalInput(`${day}T${String(hour).padStart(2, "0")}:00`, timezone) ?? Date.parse(`${day}T00:00:00Z`);
  return { from: rfc3339(from), to: rfc3339(from + hours * HOUR), zone };
}
