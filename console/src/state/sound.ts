/**
 * The one sound of the console, made here and not fetched: off until somebody wants it, on this machine.
 * A browser lets no page sound before a gesture: until then it says that it waits for one.
 */
import { useEffect, useSyncExternalStore } from "react";
import { readPreferences, setPreferences, usePreferences } from "@/state/preferences";

export type SoundState = "off" | "waiting" | "ready";

const NOTES_HZ = [880, 1174.66];
const NOTE_S = 0.16;
const LOUD = 0.25;
/** Two pages of one machine that hear the same are one sound, and so are alerts of the same moment. */
const APART_MS = 1500;
const GESTURES = ["pointerdown", "keydown"] as const;

let context: AudioContext | null = null;
const listeners = new Set<() => void>();

function tell(): void {
  listeners.forEach((listener) => { listener(); });
}

/** Within a gesture: from here on the page may sound. */
async function unlock(): Promise<void> {
  if (!context) {
    context = new AudioContext();
    context.addEventListener("statechange", tell);
  }
  if (context.state !== "running") await context.resume();
  tell();
}

function play(on: AudioContext): void {
  NOTES_HZ.forEach((frequency, i) => {
    const begins = on.currentTime + i * NOTE_S;
    const note = new OscillatorNode(on, { type: "sine", frequency });
    const volume = new GainNode(on, { gain: 0 });
    // Swells and fades: a square edge cracks.
    volume.gain.setValueAtTime(0, begins);
    volume.gain.linearRampToValueAtTime(LOUD, begins + 0.02);
    volume.gain.linearRampToValueAtTime(0, begins + NOTE_S * 1.5);
    note.connect(volume).connect(on.destination);
    note.start(begins);
    note.stop(begins + NOTE_S * 1.5);
  });
}

/** Sound once, if this machine wants it and the browser lets it. */
export function sound(): void {
  if (!readPreferences().sound || context?.state !== "running") return;
  const on = context;
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) {
    play(on);
    return;
  }
  void locks.request("vigie.sound", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    play(on);
    await new Promise((over) => { window.setTimeout(over, APART_MS); });
  });
}

/** Turn it on, with the sound itself to know it by, or off. */
export async function setSound(wanted: boolean): Promise<void> {
  setPreferences({ sound: wanted });
  if (!wanted) return;
  await unlock();
  sound();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSound(): SoundState {
  const { sound: wanted } = usePreferences();
  const running = useSyncExternalStore(subscribe, () => context?.state === "running");
  return !wanted ? "off" : running ? "ready" : "waiting";
}

/** While the sound waits, the next gesture anywhere lets it. */
export function useSoundGesture(): void {
  const waiting = useSound() === "waiting";
  useEffect(() => {
    if (!waiting) return;
    const gesture = (): void => { void unlock(); };
    for (const name of GESTURES) window.addEventListener(name, gesture);
    return () => { for (const name of GESTURES) window.removeEventListener(name, gesture); };
  }, [waiting]);
}
