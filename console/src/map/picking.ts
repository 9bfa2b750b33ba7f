/** From what deck.gl found under the pointer to what the console understands. */
import { cellToLatLng } from "h3-js";
import type { Alert, MapCell, MapCluster, MapPoint, MeansRow, PlanRow } from "@/api/types";
import type { ExpectedCell } from "@/lib/forecast";
import type { AnswerShape } from "@/state/answerMap";
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
    const item = info.object as ExpectedCell;
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
