/** The one map behind all screens: what it shows (said by the screen) and where it looks (said by the map). */
import type { Geometry } from "geojson";
import { useEffect, useSyncExternalStore } from "react";
import type { Alert, Feature, MapAnswer, MapCell, MapCluster, MapPoint, MeansRow, PlanRow } from "@/api/types";
import type { CrowdCell } from "@/api/crowding";
import type { Box } from "@/lib/bbox";
import type { View } from "@/lib/urlState";
import type { AnswerShape } from "@/state/answerMap";
import type { ExpectedCell, ExpectedCells } from "@/lib/forecast";

export interface Spot { lon: number; lat: number; accuracyM: number | null }

export type EventSign = "perimeter" | "post" | "barrier" | "closure" | "diversion" | "camera" | "way" | "guess";

/** Something of an event's file: where it is, how it is drawn, and its short name (P1). */
export interface EventShape { id: string; sign: EventSign; label: string; geometry: Geometry; selected: boolean }

export interface MapContent {
  answer: MapAnswer | null;
  forecast: ExpectedCells | null;
  crowds: readonly CrowdCell[];
  /** Shown paler: the question has changed and the new answer is not there yet, or the figures are stale. */
  dimmed: boolean;
  means: MeansRow[];
  plans: PlanRow[];
  eventFile: readonly EventShape[];
  alerts: Alert[];
  zone: Feature | null;
  spot: Spot | null;
  selectedId: string | null;
  nearRadiusM: number | null;
}

export type Pick =
  | { type: "forecast"; item: ExpectedCell; lon: number; lat: number }
  | { type: "answer"; item: AnswerShape; lon: number; lat: number }
  | { type: "cell"; item: MapCell; lon: number; lat: number }
  | { type: "cluster"; item: MapCluster; lon: number; lat: number }
  | { type: "point"; item: MapPoint; lon: number; lat: number }
  | { type: "means"; item: MeansRow; lon: number; lat: number }
  | { type: "plan"; item: PlanRow; lon: number; lat: number }
  | { type: "alert"; item: Alert; lon: number; lat: number };

export const EMPTY_CONTENT: MapContent = {
  answer: null, forecast: null, crowds: [], dimmed: false, means: [], plans: [], eventFile: [], alerts: [], zone: null, spot: null, selectedId: null, nearRadiusM: null,
};

/** What the map looks at once it has come to rest. */
export interface Settled { box: Box; zoom: number }

export type Command =
  | { type: "fly"; view: Partial<View> & { lon: number; lat: number } }
  | { type: "fit"; box: Box }
  | { type: "zoom"; by: number }
  | { type: "home" }
  /** Ask about the middle of what is seen. */
  | { type: "ask" };

class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly set = (value: T): void => {
    this.value = value;
    this.listeners.forEach((listener) => { listener(); });
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

const content = new Store<MapContent>(EMPTY_CONTENT);
const settled = new Store<Settled | null>(null);
const commands = new Set<(command: Command) => void>();
const clicks = new Set<(pick: Pick) => void>();

/** Say what the map shows while this screen is open. */
export function useMapContent(value: MapContent): void {
  useEffect(() => { content.set(value); }, [value]);
  useEffect(() => () => { content.set(EMPTY_CONTENT); }, []);
}

export function useShownContent(): MapContent {
  return useSyncExternalStore(content.subscribe, content.get);
}

export function setSettled(value: Settled): void {
  const before = settled.get();
  if (before && before.zoom === value.zoom && before.box.join() === value.box.join()) return;
  settled.set(value);
}

export function useSettled(): Settled | null {
  return useSyncExternalStore(settled.subscribe, settled.get);
}

let pending: Command | null = null;

/** Move the map; kept until the map is there to obey. */
export function command(value: Command): void {
  if (commands.size === 0) pending = value;
  commands.forEach((obey) => { obey(value); });
}

export function onCommand(obey: (command: Command) => void): () => void {
  commands.add(obey);
  if (pending) {
    obey(pending);
    pending = null;
  }
  return () => commands.delete(obey);
}

export function onPick(listener: (pick: Pick) => void): () => void {
  clicks.add(listener);
  return () => clicks.delete(listener);
}

export function tellPick(pick: Pick): void {
  clicks.forEach((listener) => { listener(pick); });
}
