/** What was just written down, said once and gone after a few seconds. */
import { useSyncExternalStore } from "react";

const SHOWN_MS = 6_000;
let said = "";
let timer: number | null = null;
const listeners = new Set<() => void>();

function set(text: string): void {
  said = text;
  listeners.forEach((listener) => { listener(); });
}

export function tell(text: string): void {
  if (timer !== null) window.clearTimeout(timer);
  timer = window.setTimeout(() => { set(""); }, SHOWN_MS);
  set(text);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}

export const useTold = (): string => useSyncExternalStore(listen, () => said);
