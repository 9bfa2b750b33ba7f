/** Which alerts sound: a grave one, once, when it is new to this page. */

/** From this severity on. */
export const GRAVE = 4;

interface Heard { alert_id: string; severity: number; state: string }

/**
 * `known`: the grave alerts of the lists before; null before the first list, which never sounds: what stood
 * there when the page was opened is seen, not news.
 */
export function hear(known: ReadonlySet<string> | null, alerts: readonly Heard[]): { known: ReadonlySet<string>; sounds: boolean } {
  const grave = alerts.filter((alert) => alert.severity >= GRAVE && alert.state === "raised").map((alert) => alert.alert_id);
  if (known === null) return { known: new Set(grave), sounds: false };
  const fresh = grave.filter((id) => !known.has(id));
  return fresh.length === 0 ? { known, sounds: false } : { known: new Set([...known, ...fresh]), sounds: true };
}
