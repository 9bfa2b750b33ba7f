/** Instants as a form writes them: day and hour of the city, `2026-11-28T17:00`, and back. */
import { dayStart, localDay, MINUTE, DAY } from "@/lib/time";

function minutesOf(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(ms);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return part("hour") * 60 + part("minute");
}

export function toLocalInput(ms: number, zone: string): string {
  const minutes = minutesOf(ms, zone);
  return `${localDay(ms, zone)}T${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The instant that a local day and hour tell; null when unreadable. An hour that the clock skips counts from the hour before. */
export function fromLocalInput(text: string, zone: string): number | null {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})$/.exec(text);
  if (!found?.[1] || Number.isNaN(Date.parse(`${found[1]}T00:00:00Z`))) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  if (minutes >= DAY / MINUTE) return null;
  const start = dayStart(found[1], zone);
  const straight = start + minutes * MINUTE;
  const off = minutes - minutesOf(straight, zone);
  const corrected = straight + (off > 720 ? off - 1440 : off < -720 ? off + 1440 : off) * MINUTE;
  return minutesOf(corrected, zone) === minutes ? corrected : straight;
}
