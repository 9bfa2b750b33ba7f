/** The live room by keys alone, whichever of its lists is open. */
import { useEffect } from "react";
import { useActOnAlert, useAlertList } from "@/api/alerts";
import { heads, shownOf } from "@/features/today/alerts/heads";
import { reachMeans } from "@/features/today/act/reachMeans";
import { isKey } from "@/lib/keys";
import { HERE } from "@/map/HereButton";
import { useMay } from "@/state/city";
import { command } from "@/state/mapStage";
import { usePreferences } from "@/state/preferences";
import { openSituation } from "@/state/situation";
import { readUrl, select, setExtra } from "@/state/url";

/** In the order of the help. */
export const KEYS = ["j", "k", "a", "z", "v", "s", "d", "m", "?"] as const;
type Key = (typeof KEYS)[number];

/** To the situation of what is chosen; false where nothing chosen has one. */
function openChosen(): boolean {
  const { selection } = readUrl();
  if (selection?.type === "alert" || selection?.type === "fact") {
    openSituation(`${selection.type}:${selection.id}`);
    return true;
  }
  const here = document.getElementById(HERE);
  here?.click();
  return here !== null;
}

export function useKeys(): void {
  const mayFacts = useMay("read_facts");
  const alerts = useAlertList(mayFacts).data;
  const { mutate } = useActOnAlert();
  const { keys: heard } = usePreferences();
  useEffect(() => {
    if (!heard || !mayFacts) return;
    const walk = (by: 1 | -1): void => {
      const { selection, extra } = readUrl();
      const list = heads(alerts ?? [], shownOf(extra["show"]));
      const at = selection?.type === "alert" ? list.findIndex((alert) => alert.alert_id === selection.id) : -1;
      const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
      if (next) select({ type: "alert", id: next.alert_id });
    };
    const chosen = (): string | null => {
      const { selection } = readUrl();
      return selection?.type === "alert" ? selection.id : null;
    };
    const does: Record<Key, () => void> = {
      j: () => { walk(1); },
      k: () => { walk(-1); },
      a: () => {
        const id = chosen();
        if (id) mutate({ id, body: { act: "acknowledge", whole: true, verdict: "", reason: "", minutes: 0 } });
      },
      z: () => { document.getElementById("alert-snooze")?.click(); },
      v: () => { document.getElementById("alert-verdict")?.querySelector("button")?.focus(); },
      s: () => { openChosen(); },
      d: () => {
        if (!openChosen() && !readUrl().extra["situation"]) return;
        setExtra({ stab: "act" }, "replace");
        reachMeans();
      },
      m: () => { command({ type: "ask" }); },
      "?": () => { setExtra({ keys: "1" }, "replace"); },
    };
    const press = (event: KeyboardEvent): void => {
      const key = KEYS.find((one) => one === event.key);
      if (!key || !isKey(event)) return;
      event.preventDefault();
      does[key]();
    };
    window.addEventListener("keydown", press);
    return () => { window.removeEventListener("keydown", press); };
  }, [heard, mayFacts, alerts, mutate]);
}
