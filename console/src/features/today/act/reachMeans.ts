/** The way by keys to the means proposed: straight there, or as soon as they are shown. */
export const MEANS = "act-means";

let awaited = false;

export function reachMeans(): void {
  const shown = document.getElementById(MEANS);
  awaited = shown === null;
  shown?.focus();
}

/** Whether the means shown now were asked for by a key; asked once. */
export function takeAwaited(): boolean {
  const was = awaited;
  awaited = false;
  return was;
}
