/** The store of what has just arrived, shared by all screens. */
import { useSyncExternalStore } from "react";
import { addArrivals, type Arrival, type Tick } from "@/lib/arrivals";

export interface Arrived { facts: readonly Arrival[]; leftOut: number }

const NOTHING: Arrived = { facts: [], leftOut: 0 };

let arrived = NOTHING;
const listeners = new Set<() => void>();

function set(value: Arrived): void {
  arrived = value;
  listeners.forEach((listener) => { listener(); });
}

export function arrive(tick: Tick): void {
  const more = Object.values(tick.leftOut).reduce((sum, n) => sum + n, 0);
  if (tick.facts.length > 0 || more > 0) set({ facts: addArrivals(arrived.facts, tick.facts), leftOut: arrived.leftOut + more });
}

/** Something was missed: what arrived before proves nothing now. */
export function forgetArrivals(): void {
  if (arrived !== NOTHING) set(NOTHING);
}

/** What was only counted stands in the list that was asked since. */
export function forgetLeftOut(): void {
  if (arrived.leftOut > 0) set({ ...arrived, leftOut: 0 });
}

export function useArrivals(): Arrived {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => arrived);
}
