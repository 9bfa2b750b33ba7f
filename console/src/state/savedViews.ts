/** Views that an earlier version kept in this browser: a title and an address, to be saved as questions. */
import { useSyncExternalStore } from "react";

export interface SavedView { title: string; address: string }

const KEY = "vigie.views";
const listeners = new Set<() => void>();

function read(): readonly SavedView[] {
  try {
    const stored = JSON.parse(window.localStorage.getItem(KEY) ?? "[]") as unknown;
    if (!Array.isArray(stored)) return [];
    return (stored as Partial<SavedView>[]).flatMap(({ title, address }) => (typeof title === "string" && typeof address === "string" && address.startsWith("/") && !address.startsWith("//") ? [{ title, address }] : []));
  } catch {
    return []; // storage refused or spoilt: views live as long as the page
  }
}

let current = read();

function write(next: readonly SavedView[]): void {
  current = next;
  try {
    window.localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // storage refused: kept until the page closes
  }
  listeners.forEach((listener) => { listener(); });
}

export function forgetView(address: string): void {
  write(current.filter((one) => one.address !== address));
}

export function useSavedViews(): readonly SavedView[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => current);
}
