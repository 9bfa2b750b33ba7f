/** Which alerts stand in the list, one a situation, in what order: the same for the list and for the keys. */
import type { AlertListed } from "@/api/alerts";

export const SHOWN = ["waiting", "raised", "all"] as const;
export type Shown = (typeof SHOWN)[number];

/** From the address: `?show=`. */
export function shownOf(text: string | undefined): Shown {
  return SHOWN.find((one) => one === text) ?? "raised";
}

/** One alert a situation: its earliest, as grave as the gravest of those shown. */
export function heads(alerts: readonly AlertListed[], shown: Shown): AlertListed[] {
  const groups = new Map<string, AlertListed[]>();
  for (const alert of alerts) {
    if (shown !== "all" && alert.state !== "raised") continue;
    if (shown === "waiting" && alert.standing !== "new") continue;
    groups.set(alert.group, [...(groups.get(alert.group) ?? []), alert]);
  }
  return [...groups.values()].map((some) => {
    const first = some.find((alert) => alert.alert_id === alert.group) ?? some[some.length - 1];
    return { ...(first as AlertListed), severity: Math.max(...some.map((alert) => alert.severity)), group_size: some.length };
  });
}
