/** What belongs to the person and not to the view: language, theme, sound and keys, kept in this browser. */
import { useSyncExternalStore } from "react";
import type { Language } from "@/api/types";

export type Theme = "system" | "light" | "dark";

interface Preferences {
  language: Language;
  theme: Theme;
  /** Whether a new grave alert sounds. */
  sound: boolean;
  /** Whether keys of one letter are heard: who speaks to the machine may not want them. */
  keys: boolean;
}

const KEY = "vigie.preferences";
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function read(): Preferences {
  const fallback: Preferences = { language: navigator.language.startsWith("fr") || !navigator.language.startsWith("en") ? "fr" : "en", theme: "system", sound: false, keys: true };
  try {
    const stored = JSON.parse(window.localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>;
    return {
      language: stored.language === "fr" || stored.language === "en" ? stored.language : fallback.language,
      theme: stored.theme === "light" || stored.theme === "dark" ? stored.theme : "system",
      sound: stored.sound === true,
      keys: stored.keys !== false,
    };
  } catch {
    return fallback; // storage refused (private window): the preference lives as long as the page
  }
}

let current = read();
let dark = isDark();

function isDark(): boolean {
  return current.theme === "dark" || (current.theme === "system" && systemDark.matches);
}

function apply(): void {
  dark = isDark();
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  document.documentElement.lang = current.language;
  listeners.forEach((listener) => { listener(); });
}

systemDark.addEventListener("change", apply);
apply();

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    window.localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // storage refused: nothing to keep beyond this page
  }
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function readPreferences(): Preferences {
  return current;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => dark);
}
