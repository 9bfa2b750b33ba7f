import type { Layer } from "@deck.gl/core";
import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { FeatureCollection } from "geojson";
import { describe, expect, it, vi } from "vitest";
import type { MapAnswer, PlanRow } from "@/api/types";
import type { ExpectedCell } from "@/lib/forecast";
import { maxCount, clusterRadius } from "@/map/layers/counts";
import { planColour, planFeature } from "@/map/layers/areas";
import { beyondFrame, labelPoint, oneOutline, shortLabels, zoneLabels } from "@/map/outline";
import { watchPointer } from "@/map/overlay";
import { nextOf, pickOf } from "@/map/picking";
import { layersOf } from "@/map/layers";
import { FIRST_LABEL, LABEL_SOURCE, OUTLINE_SOURCE, BASEMAP_LAYERS, outlineLayers, outlineStyle } from "@/map/style";
import { EMPTY_CONTENT } from "@/state/mapStage";

const square = (x: number, y: number, size: number): number[][] => [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]];
const plan = (change: Partial<PlanRow>): PlanRow => ({ plan_id: "p", state: "declared", declared: true, lon: null, lat: null, geometry: null, ...change } as PlanRow);

describe("outline", () => {
  it("lets the sea go on beyond its frame, but not where it only touches it", () => {
    const sea: FeatureCollection = {
      type: "FeatureCollection",
      features: [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[[0, 4], [0.4, 5], [2, 3], [10, 2], [10, 0], [0, 0], [0, 4]]] } }],
    };
    const geometry = beyondFrame(sea).features[0]?.geometry;
    const points = geometry?.type === "Polygon" ? geometry.coordinates[0] ?? [] : [];
    expect(points[0]).toEqual([-3, 4]);
    expect(points[1]).toEqual([0.4, 5]);
    expect(points[4]).toEqual([13, -3]);
    expect(points[2]).toEqual([2, 3]);
  });

  it("names a zone once, on its largest part", () => {
    expect(labelPoint({ type: "MultiPolygon", coordinates: [[square(0, 0, 1)], [square(10, 10, 4)]] })).toEqual([12, 12]);
    expect(labelPoint({ type: "Point", coordinates: [0, 0] })).toBeNull();
  });

  it("is one collection that says what each thing is part of, and keeps what it said of itself", () => {
    const shape = (properties: Record<string, unknown>): FeatureCollection => ({ type: "FeatureCollection", features: [{ type: "Feature", properties, geometry: { type: "Polygon", coordinates: [square(0, 0, 4)] } }] });
    const water = shape({});
    const { features } = oneOutline({ streets: shape({ rank: "axis" }), water, coast: undefined });
    expect(features.map((one) => one.properties)).toEqual([{ part: "water" }, { rank: "axis", part: "streets" }]);
    expect(features[0]?.geometry).toEqual(beyondFrame(water).features[0]?.geometry);
    expect(water.features[0]?.properties).toEqual({});
    const told = outlineLayers(false).flatMap((layer) => ("filter" in layer ? [(layer.filter as unknown[][])[1]?.[2]] : []));
    expect([...new Set(told)].sort()).toEqual([...BASEMAP_LAYERS].sort());
  });

  it("shortens labels only when all end alike", () => {
    expect(shortLabels(["1er arrondissement", "2e arrondissement"])).toEqual(["1er", "2e"]);
    expect(shortLabels(["Le Panier", "La Plaine"])).toEqual(["Le Panier", "La Plaine"]);
  });

  it("makes one labelled point per zone", () => {
    const zones: FeatureCollection = { type: "FeatureCollection", features: [{ type: "Feature", properties: { label: "A" }, geometry: { type: "Polygon", coordinates: [square(0, 0, 2)] } }] };
    expect(zoneLabels(zones).features[0]).toMatchObject({ geometry: { type: "Point", coordinates: [1, 1] }, properties: { label: "A" } });
  });
});

describe("style", () => {
  it("has the same layers in both themes, each from a source it declares", () => {
    expect(outlineLayers(true).map((layer) => layer.id)).toEqual(outlineLayers(false).map((layer) => layer.id));
    const sources = new Set(Object.keys(outlineStyle(false).sources));
    expect([...sources].sort()).toEqual([OUTLINE_SOURCE, LABEL_SOURCE].sort());
    for (const layer of outlineLayers(false)) if ("source" in layer) expect(sources.has(layer.source as string)).toBe(true);
  });

  it("asks no other host for anything", () => {
    expect(JSON.stringify(outlineStyle(true))).not.toMatch(/https?:/);
    expect(outlineStyle(true).glyphs).toBeUndefined();
  });

  it("keeps every label above the data", () => {
    const ids = outlineLayers(false).map((layer) => layer.id);
    const first = ids.indexOf(FIRST_LABEL);
    expect(first).toBeGreaterThan(0);
    expect(ids.every((id, i) => id.startsWith("label-") === i >= first)).toBe(true);
  });
});

describe("layers", () => {
  const look = { dark: false, language: "fr", zoom: 12, scale: 1, still: true, icons: document.createElement("canvas"), beforeId: FIRST_LABEL };
  const answer = (change: Partial<MapAnswer>): MapAnswer => ({ mode: "cells", resolution: 8, total: 0, shown: 0, truncated: false, withheld: 0, age_s: 1, stale: false, cells: [], clusters: [], points: [], ...change });

  it("draws what the server decided and nothing else", () => {
    expect(layersOf(EMPTY_CONTENT, look)).toEqual([]);
    expect(layersOf({ ...EMPTY_CONTENT, answer: answer({ mode: "cells" }) }, look).map((layer) => layer.id)).toEqual(["cells"]);
    expect(layersOf({ ...EMPTY_CONTENT, answer: answer({ mode: "clusters" }) }, look).map((layer) => layer.id)).toEqual(["clusters", "cluster-counts"]);
    const points = answer({ mode: "points", points: [{ fact_id: "f", lon: 5, lat: 43, kind: "k", source: "s", severity: 9, status: null, at: "x" }] });
    expect(layersOf({ ...EMPTY_CONTENT, answer: points }, look).map((layer) => layer.id)).toEqual(["points"]);
  });

  it("shows uncertainty on the ground around the selected spot", () => {
    const ids = layersOf({ ...EMPTY_CONTENT, spot: { lon: 5, lat: 43, accuracyM: 50 }, nearRadiusM: 300 }, look).map((layer) => layer.id);
    expect(ids).toEqual(["near-radius", "near-radius-name", "spot-accuracy", "spot"]);
  });

  it("sizes clusters by area", () => {
    expect(maxCount([{ n: 3 }, { n: 9 }])).toBe(9);
    expect(clusterRadius(100, 100) - clusterRadius(0, 100)).toBeCloseTo(2 * (clusterRadius(25, 100) - clusterRadius(0, 100)));
  });

  it("draws a forecast of hexagons by their name, of squares and zones by their outline, each picked as itself", () => {
    const cell = (change: Partial<ExpectedCell>): ExpectedCell => ({ cell: "88396a1b29fffff", name: { fr: "A", en: "A" }, lon: 5, lat: 43, expected: 1, low: 0, high: 3, flagged: false, unreliable: false, shape: null, ...change });
    const zone = cell({ cell: "13201", shape: { type: "Polygon", coordinates: [square(5, 43, 0.1)] } });
    const drawn = (cells: readonly ExpectedCell[]): Layer | undefined => layersOf({ ...EMPTY_CONTENT, forecast: { cells, bounds: [0.5], selected: "13201" } }, look)[0];
    const outlines = (drawn([zone, cell({ cell: "none" })])?.props as unknown as { data: { geometry: unknown }[] }).data;
    expect(outlines.map((one) => one.geometry)).toEqual([zone.shape]);
    const picked = { layer: { id: "forecast" }, x: 0, y: 0, coordinate: [5, 43] };
    expect(pickOf({ ...picked, object: outlines[0] })).toEqual({ type: "forecast", item: zone, lon: 5, lat: 43 });
    expect(drawn([cell({})])?.constructor).not.toBe(drawn([zone])?.constructor);
    expect(pickOf({ ...picked, object: cell({}) })).toEqual({ type: "forecast", item: cell({}), lon: 5, lat: 43 });
  });

  it("places a plan by its footprint, else by its point, else not at all", () => {
    expect(planFeature(plan({}))).toBeNull();
    expect(planFeature(plan({ lon: 5, lat: 43 }))?.geometry.type).toBe("Point");
    expect(planFeature(plan({ lon: 5, lat: 43, geometry: { type: "Polygon", coordinates: [] } }))?.geometry.type).toBe("Polygon");
    expect(planColour(plan({ declared: false }))).not.toEqual(planColour(plan({ declared: true })));
  });
});

describe("overlay", () => {
  type Listener = (event: { point: { x: number; y: number }; lngLat: { lng: number; lat: number }; originalEvent?: { buttons?: number; detail?: number } }) => void;

  function stage() {
    const listeners = new Map<string, Listener>();
    const map = { moving: false, on: (type: string, listener: Listener) => listeners.set(type, listener), off: (type: string) => listeners.delete(type), isMoving: () => map.moving };
    const pickObject = vi.fn((at: { x: number; y: number }) => (at.x > 50 ? { object: { n: 1 }, layer: { id: "cells" } } : null));
    const picker = { pickObject, pickMultipleObjects: vi.fn((at: { x: number; y: number }) => (at.x > 50 ? [{ layer: { id: "alerts" } }, { layer: { id: "points" } }] : [])) };
    const hover = vi.fn();
    const click = vi.fn();
    const [menu, moved] = [vi.fn(), vi.fn()];
    const stop = watchPointer(map as never, picker, { hover, click, menu, moved });
    const tell = (type: string, x: number, buttons = 0, detail = 1): void => { listeners.get(type)?.({ point: { x, y: 1 }, lngLat: { lng: 5, lat: 43 }, originalEvent: { buttons, detail } }); };
    return { listeners, map, picker, hover, click, menu, moved, stop, tell };
  }

  it("looks once, where the pointer came to rest", () => {
    vi.useFakeTimers();
    const { picker, hover, tell } = stage();
    for (const x of [60, 70, 80]) tell("mousemove", x);
    vi.advanceTimersByTime(500);
    expect(picker.pickObject).toHaveBeenCalledTimes(1);
    expect(hover).toHaveBeenCalledWith(expect.objectContaining({ x: 80 }));
    vi.useRealTimers();
  });

  it("never looks while the map moves or a button is down", () => {
    vi.useFakeTimers();
    const { map, picker, tell } = stage();
    tell("mousemove", 60, 1);
    map.moving = true;
    tell("mousemove", 60);
    vi.advanceTimersByTime(500);
    expect(picker.pickObject).not.toHaveBeenCalled();
    vi.useRealTimers();
  });

  it("tells clicks with all that lies there, forgets on leaving, and stops when told", () => {
    const { listeners, hover, click, stop, tell } = stage();
    tell("click", 60);
    tell("click", 60, 0, 2); // the second half of a double click
    expect(click).toHaveBeenCalledTimes(1);
    expect(click).toHaveBeenCalledWith([expect.objectContaining({ x: 60, layer: { id: "alerts" } }), expect.objectContaining({ x: 60, layer: { id: "points" } })], { x: 60, y: 1, lon: 5, lat: 43 });
    tell("mouseout", 60);
    expect(hover).toHaveBeenLastCalledWith(null);
    stop();
    expect(listeners.size).toBe(0);
  });

  it("tells a click on empty ground and the other button with their place, and that the map moves", () => {
    const { click, menu, moved, tell } = stage();
    tell("click", 10);
    expect(click).toHaveBeenCalledWith([], { x: 10, y: 1, lon: 5, lat: 43 });
    expect(menu).not.toHaveBeenCalled();
    tell("contextmenu", 60);
    expect(menu).toHaveBeenCalledWith({ x: 60, y: 1, lon: 5, lat: 43 });
    expect(moved).not.toHaveBeenCalled();
    tell("movestart", 60);
    expect(moved).toHaveBeenCalledTimes(1);
  });

  it("keeps pointer events from deck.gl by the name it gives their handler", () => {
    const plain = new MapLibreOverlay({ layers: [] }) as unknown as { _handleMouseEvent: unknown };
    expect(typeof plain._handleMouseEvent).toBe("function");
  });
});

describe("picking", () => {
  const base = { x: 0, y: 0, coordinate: [5.4, 43.3] };

  it("understands each layer and ignores the rest", () => {
    expect(pickOf({ ...base })).toBeNull();
    expect(pickOf({ ...base, object: {}, layer: { id: "zone" } })).toBeNull();
    expect(pickOf({ ...base, object: { fact_id: "f", lon: 1, lat: 2 }, layer: { id: "points" } })).toMatchObject({ type: "point", lon: 1, lat: 2 });
    expect(pickOf({ ...base, object: { properties: { plan: { plan_id: "p" } } }, layer: { id: "plans-polygons-fill" } })).toMatchObject({ type: "plan", item: { plan_id: "p" } });
    const cell = pickOf({ ...base, object: { cell: "883968029bfffff", n: 3, severity_max: 2 }, layer: { id: "cells" } });
    expect(cell?.type).toBe("cell");
    expect(cell?.lat).toBeGreaterThan(40);
  });

  it("opens what lies on top, then click by click what lies beneath, and the top again", () => {
    const alert = { type: "alert", item: { alert_id: "a" }, lon: 0, lat: 0 } as never;
    const plan = { type: "plan", item: { plan_id: "p" }, lon: 0, lat: 0 } as never;
    const fact = { type: "point", item: { fact_id: "f" }, lon: 0, lat: 0 } as never;
    const here = [alert, plan, plan, fact]; // a footprint is found twice: by its line and by its ground
    expect(nextOf(here, null)).toBe(alert);
    expect(nextOf(here, { type: "fact", id: "elsewhere" })).toBe(alert);
    expect(nextOf(here, { type: "alert", id: "a" })).toBe(plan);
    expect(nextOf(here, { type: "plan", id: "p" })).toBe(fact);
    expect(nextOf(here, { type: "fact", id: "f" })).toBe(alert);
    expect(nextOf([fact], { type: "fact", id: "f" })).toBe(fact);
    expect(nextOf([], null)).toBeUndefined();
  });
});
