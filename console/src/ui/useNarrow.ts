/** Whether the screen is a phone's: there a form that only narrows a list waits behind its title. */
import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(max-width: 720px)");

function subscribe(told: () => void): () => void {
  narrow.addEventListener("change", told);
  return () => { narrow.removeEventListener("change", told); };
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}
