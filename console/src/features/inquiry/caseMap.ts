/** What an open tab of a case shows on the map: areas of its requisitions, places of its timeline. */
import { useEffect, useSyncExternalStore } from "react";
import type { Requisition } from "@/api/inquiry";
import { geometryBox } from "@/lib/bbox";
import { command, type EventShape } from "@/state/mapStage";

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

export function useCaseShapes(): readonly EventShape[] {
  return useSyncExternalStore(subscribe, () => shapes);
}

/** Show shapes while a tab is open. */
export function useShowShapes(next: readonly EventShape[]): void {
  useEffect(() => { set(next); }, [next]);
  useEffect(() => () => { set(NONE); }, []);
}

interface Asked { ring?: unknown; from?: unknown; to?: unknown; stores?: unknown; sources?: unknown }

/** What a query says, as the server tells it beside the text that is hashed. */
export function readQuery(told: Record<string, unknown> | null): { ring: [number, number][]; from: string; to: string; stores: string[]; sources: string[] } | null {
  if (!told) return null;
  const { ring, from, to, stores, sources } = told as Asked;
  if (!Array.isArray(ring) || typeof from !== "string" || typeof to !== "string" || !Array.isArray(stores)) return null;
  return { ring: ring as [number, number][], from, to, stores: stores as string[], sources: Array.isArray(sources) ? sources as string[] : [] };
}

export function areaOf(ring: readonly [number, number][]): { type: "Polygon"; coordinates: [number, number][][] } {
  const [first] = ring;
  return { type: "Polygon", coordinates: [first ? [...ring, first] : []] };
}

/** The area of each act, and of the query bound to it where that is narrower. */
export function requisitionShapes(list: readonly Requisition[], selected: string | null): EventShape[] {
  return list.flatMap((one) => {
    const [act, query] = [readQuery(one.act), readQuery(one.query)];
    const shape = (ring: [number, number][], id: string, sign: EventShape["sign"]): EventShape => ({ id, sign, label: "", geometry: areaOf(ring), selected: one.requisition_id === selected });
    return [
      ...(act ? [shape(act.ring, `${one.requisition_id} act`, "perimeter")] : []),
      ...(query && JSON.stringify(query.ring) !== JSON.stringify(act?.ring) ? [shape(query.ring, `${one.requisition_id} query`, "closure")] : []),
    ];
  });
}

export function flyTo(ring: readonly [number, number][]): void {
  const box = geometryBox(areaOf(ring));
  if (box) command({ type: "fit", box });
}
