/** All layers of a content, bottom to top. */
import type { Layer } from "@deck.gl/core";
import { planLayer, zoneLayer } from "@/map/layers/areas";
import { eventFileLayers } from "@/map/layers/eventFile";
import { cellLayer, clusterLayers } from "@/map/layers/counts";
import { crowdLayers } from "@/map/layers/crowding";
import { forecastLayer } from "@/map/layers/forecast";
import { alertLayer, meansLayer, pointLayer, spotLayers } from "@/map/layers/marks";
import type { MapContent } from "@/state/mapStage";

export interface Look {
  dark: boolean;
  language: string;
  zoom: number;
  /** 1 on a desk, more on a wall. */
  scale: number;
  still: boolean;
  icons: HTMLCanvasElement;
  /** Basemap layer that stands above the counts. */
  beforeId: string | undefined;
}

export function layersOf(content: MapContent, look: Look): Layer[] {
  const layers: Layer[] = [];
  const answer = content.answer;
  const counts = { dark: look.dark, dimmed: content.dimmed, language: look.language, scale: look.scale, beforeId: look.beforeId };
  if (answer?.mode === "cells") layers.push(cellLayer(answer.cells, counts));
  if (content.forecast) layers.push(forecastLayer(content.forecast, { dark: look.dark, beforeId: look.beforeId }));
  if (content.crowds.length > 0) layers.push(...crowdLayers(content.crowds, look));
  if (content.zone) layers.push(zoneLayer(content.zone, look.dark));
  if (content.plans.length > 0) layers.push(planLayer(content.plans, content.selectedId));
  if (content.eventFile.length > 0) layers.push(...eventFileLayers(content.eventFile, look));
  if (answer?.mode === "clusters") layers.push(...clusterLayers(answer.clusters, counts));
  if (content.means.length > 0) layers.push(meansLayer(content.means, { dark: look.dark, still: look.still, zoom: look.zoom, scale: look.scale }));
  if (answer && answer.points.length > 0) layers.push(pointLayer(answer.points, look.icons, { dimmed: content.dimmed, zoom: look.zoom, scale: look.scale }));
  if (content.alerts.length > 0) layers.push(alertLayer(content.alerts));
  if (content.spot) layers.push(...spotLayers(content.spot, content.nearRadiusM, look));
  return layers;
}
