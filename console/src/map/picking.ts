/** From what deck.gl found under the pointer to what the console understands. */
import { cellToLatLng } from "h3-js";
import type { Alert, MapCell, MapCluster, MapPoint, MeansRow, PlanRow } from "@/api/types";
import type { ExpectedCell } from "@/lib/forecast";
import type { AnswerShape } from "@/state/answerMap";
import type { Selection } from "@/lib/urlState";
import type { Pick } from "@/state/mapStage";

export interface DeckInfo {
  object?: unknown;
  layer?: { id: string } | null;
  coordinate?: number[];
  x: number;
  y: number;
}

export function pickOf(info: DeckInfo): Pick | null {
  if (!info.object || !info.layer) return null;
  const [lon = 0, lat = 0] = info.coordinate ?? [];
  const id = info.layer.id;
  if (id === "cells") {
    const item = info.object as MapCell;
    const [cellLat, cellLon] = cellToLatLng(item.cell);
    return { type: "cell", item, lon: cellLon, lat: cellLat };
  }
  if (id === "forecast") {
    const item = (info.object as { properties?: { one?: ExpectedCell } }).properties?.one ?? (info.object as ExpectedCell);
    return { type: "forecast", item, lon: item.lon, lat: item.lat };
  }
  if (id.startsWith("answer")) {
    const shape = (info.object as { properties?: { shape?: AnswerShape } }).properties?.shape;
    return shape ? { type: "answer", item: shape, lon, lat } : null;
  }
  if (id === "clusters") {
    const item = info.object as MapCluster;
    return { type: "cluster", item, lon: item.lon, lat: item.lat };
  }
  if (id === "points") {
    const item = info.object as MapPoint;
    return { type: "point", item, lon: item.lon, lat: item.lat };
  }
  if (id === "means") return { type: "means", item: info.object as MeansRow, lon, lat };
  if (id === "alerts") return { type: "alert", item: info.object as Alert, lon, lat };
  if (id.startsWith("plans")) {
    const plan = (info.object as { properties?: { plan?: PlanRow } }).properties?.plan;
    return plan ? { type: "plan", item: plan, lon, lat } : null;
  }
  return null;
}

/** The same for the same thing, however often its layer is drawn anew. */
function nameOf(pick: Pick): string {
  switch (pick.type) {
    case "cell":
    case "cluster":
    case "forecast":
      return `${pick.type}:${pick.item.cell}`;
    case "answer":
      return `answer:${String(pick.item.row)}`;
    case "point":
      return `fact:${pick.item.fact_id}`;
    case "means":
      return `means:${pick.item.means_id}`;
    case "plan":
      return `plan:${pick.item.plan_id}`;
    case "alert":
      return `alert:${pick.item.alert_id}`;
  }
}

/** What a click opens: what lies on top or, where that is open already, what lies beneath it. */
export function nextOf(picks: readonly Pick[], open: Selection | null): Pick | undefined {
  const things = [...new Map(picks.map((pick) => [nameOf(pick), pick])).values()];
  const at = open ? things.findIndex((pick) => nameOf(pick) === `${open.type}:${open.id}`) : -1;
  return things[(at + 1) % things.length];
}
