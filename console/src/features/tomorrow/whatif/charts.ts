/** What is drawn: how a public leaves, and how often a probability was right; pure. */
import type { ReliabilityFigures, WhatIfSide } from "@/api/whatif";

type Json = Record<string, unknown>;
const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const NORMAL_MIN = 8;
const PLANNED = 60;

export interface EgressWords { minute: string; left: string; version: string; rate: string; planned: string; ceiling: string }

/** Curves of several versions at both rates, with the eight minutes of the guide. */
export function egressSpec(versions: readonly { name: string; side: WhatIfSide }[], words: EgressWords): Json {
  const values = versions.flatMap(({ name, side }) => (side.crowd?.curves ?? []).flatMap((curve) => curve.minutes.map((minute, i) => ({
    version: name, rate: curve.rate === PLANNED ? words.planned : words.ceiling, minute, left: curve.left[i] ?? 0,
  }))));
  return {
    $schema: SCHEMA, width: "container", height: 220, data: { values },
    layer: [
      {
        mark: { type: "line", tooltip: true, interpolate: "linear" },
        encoding: {
          x: { field: "minute", type: "quantitative", title: words.minute },
          y: { field: "left", type: "quantitative", title: words.left },
          color: { field: "version", type: "nominal", title: words.version, sort: null },
          strokeDash: { field: "rate", type: "nominal", title: words.rate, sort: null },
        },
      },
      { data: { values: [{ minute: NORMAL_MIN }] }, mark: { type: "rule", strokeDash: [2, 3] }, encoding: { x: { field: "minute", type: "quantitative" } } },
    ],
  };
}

export interface ReliabilityWords { told: string; happened: string; events: string }

/** Told against happened, each step with its interval; on the diagonal it is right. */
export function reliabilitySpec(figures: ReliabilityFigures, words: ReliabilityWords): Json {
  const axis = { format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] };
  const x = { field: "told", type: "quantitative", title: words.told, scale: { domain: [0, 1] }, axis };
  const y = { field: "happened", type: "quantitative", title: words.happened, scale: { domain: [0, 1] }, axis };
  return {
    $schema: SCHEMA, width: "container", height: 240, data: { values: figures.bins },
    layer: [
      {
        data: { values: [{ told: 0, happened: 0 }, { told: 1, happened: 1 }] }, mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1 },
        encoding: { x, y },
      },
      { mark: { type: "rule", strokeWidth: 2 }, encoding: { x, y: { field: "happened_low", type: "quantitative", title: words.happened }, y2: { field: "happened_high" } } },
      {
        mark: { type: "point", filled: true, opacity: 1, tooltip: true },
        encoding: { x, y, size: { field: "events", type: "quantitative", title: words.events, scale: { range: [30, 300] } } },
      },
    ],
  };
}
