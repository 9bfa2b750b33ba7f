/** Posts shown on the map above whatever the screen shows there. */
import { useEffect, useSyncExternalStore } from "react";

export interface PostMark {
  kind: "post" | "first_aid";
  lon: number;
  lat: number;
  /** Digits or a plus sign, drawn on the mark. */
  text: string;
  /** Straight reach on the ground, metres; 0 for none. */
  reachM: number;
  chosen: boolean;
}

const NONE: readonly PostMark[] = [];
let shown = NONE;
const listeners = new Set<() => void>();

function set(value: readonly PostMark[]): void {
  shown = value;
  listeners.forEach((listener) => { listener(); });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Show posts while this part of the screen is open. */
export function useMapPosts(value: readonly PostMark[]): void {
  useEffect(() => { set(value); }, [value]);
  useEffect(() => () => { set(NONE); }, []);
}

export function useShownPosts(): readonly PostMark[] {
  return useSyncExternalStore(subscribe, () => shown);
}
