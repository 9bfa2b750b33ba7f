/** The address bar as a store: every component reads the same state, one function writes it. */
import { useSyncExternalStore } from "react";
import { formatUrl, initialState, parseUrl, type Filters, type Screen, type Selection, type UrlState } from "@/lib/urlState";

let current = parseUrl(window.location.pathname, window.location.search);
const listeners = new Set<() => void>();

function tell(): void {
  listeners.forEach((listener) => { listener(); });
}

window.addEventListener("popstate", () => {
  current = parseUrl(window.location.pathname, window.location.search);
  tell();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** `push` makes a step one can go back from; `replace` corrects the present one (map moves, brushing). */
export type Step = "push" | "replace";

export function updateUrl(change: Partial<UrlState> | ((state: UrlState) => Partial<UrlState>), step: Step = "push"): void {
  const patch = typeof change === "function" ? change(current) : change;
  const next = { ...current, ...patch };
  const address = formatUrl(next);
  if (address === formatUrl(current)) {
    current = next;
    return;
  }
  current = next;
  if (step === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
  tell();
}

export function useUrl(): UrlState {
  return useSyncExternalStore(subscribe, () => current);
}

export function readUrl(): UrlState {
  return current;
}

/** Go to a screen; the place on the map and the filters come along, the rest starts anew. */
export function goTo(screen: Screen): void {
  updateUrl((state) => ({ ...initialState(screen), view: state.view, filters: state.filters }));
}

/** Open an event's page, at its first tab or another; the screen below stays as it was left. */
export function openEvent(planId: string, tab: string | null = null): void {
  updateUrl((state) => ({
    ...(state.screen === "tomorrow" ? state : { ...initialState("tomorrow"), view: state.view, filters: state.filters }),
    selection: null,
    extra: { ...(state.screen === "tomorrow" ? state.extra : {}), event: planId, tab: tab ?? "" },
  }));
}

export function addressOf(screen: Screen): string {
  return formatUrl({ ...initialState(screen), view: current.view, filters: current.filters });
}

export function select(selection: Selection | null): void {
  updateUrl({ selection });
}

export function setFilters(change: Partial<Filters>): void {
  updateUrl((state) => ({ filters: { ...state.filters, ...change } }));
}

/** Set what only one screen understands; an empty text removes it. */
export function setExtra(change: Record<string, string | null>, step: Step = "push"): void {
  updateUrl((state) => {
    const kept = Object.entries({ ...state.extra, ...change }).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== "");
    return { extra: Object.fromEntries(kept) };
  }, step);
}
