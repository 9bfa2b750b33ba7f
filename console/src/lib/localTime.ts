/** Wall-clock texts of forms (`datetime-local`) and instants, in the city's zone. */
import { dateFormat, DAY, HOUR, MINUTE } from "@/lib/time";

/** `YYYY-MM-DDTHH:MM` of an instant in a zone. */
export function wallText(ms: number, zone: string): string {
  const parts: Record<string, string> = {};
  const format = dateFormat("en", zone, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const part of format.formatToParts(ms)) parts[part.type] = part.value;
  return `${parts["year"]}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}`;
}

/**
 * The instant of a wall-clock text: the first of two where an hour comes twice, the instant the clock jumps to
 * where it does not exist; null when it is not one.
 */
export function wallInstant(text: string, zone: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return null;
  const guess = Date.parse(`${text}:00Z`);
  if (Number.isNaN(guess)) return null;
  let found: number | null = null;
  for (let shift = -14 * HOUR; shift <= 14 * HOUR; shift += 15 * MINUTE) {
    const at = guess + shift;
    if (wallText(at, zone) === text) {
      found = at;
      break;
    }
  }
  if (found !== null) return found;
  // Skipped by the clock: the first instant that reads later.
  for (let at = guess - DAY; at <= guess + DAY; at += 15 * MINUTE) if (wallText(at, zone) > text) return at;
  return null;
}
