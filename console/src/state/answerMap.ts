/** The answer of an analysis on the map, while it is open. */
import type { Geometry, Position } from "geojson";
import { useEffect, useSyncExternalStore } from "react";
import type { Rgb, Rgba } from "@/lib/colour";

export interface AnswerShape {
  /** Number of the row in the answer. */
  row: number;
  geometry: Geometry;
  colour: Rgba;
  withheld: boolean;
  name: string;
  /** The value it is coloured by, in words. */
  told: string;
}

export interface AnswerOnMap {
  shapes: readonly AnswerShape[];
  hatching: readonly [Position, Position][];
  chosen: AnswerShape | null;
  title: string;
  /** What the rows drawn are of, where there are several of a place: a day, a part. */
  frame: string;
  classes: readonly { text: string; colour: Rgb }[];
  ordered: boolean;
}

let shown: AnswerOnMap | null = null;
const listeners = new Set<() => void>();

function set(value: AnswerOnMap | null): void {
  shown = value;
  listeners.forEach((listener) => { listener(); });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Show an answer while this part of the screen is open. */
export function useMapAnswer(value: AnswerOnMap | null): void {
  useEffect(() => { set(value); }, [value]);
  useEffect(() => () => { set(null); }, []);
}

export function useShownAnswer(): AnswerOnMap | null {
  return useSyncExternalStore(subscribe, () => shown);
}
