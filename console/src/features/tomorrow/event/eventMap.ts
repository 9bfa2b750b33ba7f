/** What the open tab of an event's page shows on the map besides the plan. */
import { useEffect, useSyncExternalStore } from "react";
import type { EventShape } from "@/state/mapStage";

const NONE: readonly EventShape[] = [];
let shapes: readonly EventShape[] = NONE;
const listeners = new Set<() => void>();

function set(next: readonly EventShape[]): void {
  shapes = next;
  listeners.forEach((tell) => { tell(); });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useEventShapes(): readonly EventShape[] {
  return useSyncExternalStore(subscribe, () => shapes);
}

/** Show shapes while a tab is open. */
export function useShowShapes(next: readonly EventShape[]): void {
  useEffect(() => { set(next); }, [next]);
  useEffect(() => () => { set(NONE); }, []);
}
