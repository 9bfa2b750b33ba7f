/** The offline outline style: sea, land, arrondissements, streets, metro; two themes; labels drawn from the page's font. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

export const BASEMAP_LAYERS = ["coast", "water", "streets", "metro", "arrondissements"] as const;

/** All of them in one source: MapLibre masks every tile anew where the next layer is of another source, most of what a frame would cost. */
export const OUTLINE_SOURCE = "outline";

/** Made from the arrondissements: one point each, to carry its name. */
export const LABEL_SOURCE = "zone-labels";

/** Data is drawn below this layer, so that names stay readable. */
export const FIRST_LABEL = "label-street";

/** The property that says which of `BASEMAP_LAYERS` something is of. */
export const PART = "part";

const FONT = ["Inter Variable"];

const LIGHT = {
  sea: "#cfdde8", land: "#f4f5f3", outside: "#e9eef2", zone: "#aab7c2", street: "#ffffff", streetCase: "#d9dee2",
  label: "#43515d", place: "#3a4853", halo: "#f7f8f7", rail: 0.55,
};
const DARK: typeof LIGHT = {
  sea: "#0a1826", land: "#161f29", outside: "#0e151d", zone: "#41515f", street: "#2a3744", streetCase: "#1c2631",
  label: "#9fb0bd", place: "#b3c1cc", halo: "#10171f", rail: 0.45,
};

const EMPTY = { type: "FeatureCollection" as const, features: [] };

export function outlineLayers(dark: boolean, scale = 1): LayerSpecification[] {
  const c = dark ? DARK : LIGHT;
  const width = (thin: number, wide: number) => ["interpolate", ["exponential", 1.6], ["zoom"], 10, thin, 16, wide] as unknown as number;
  const part = (name: typeof BASEMAP_LAYERS[number], ...more: unknown[]) => ({ source: OUTLINE_SOURCE, filter: ["all", ["==", ["get", PART], name], ...more] as never });
  const rank = (name: string) => ["==", ["get", "rank"], name];
  const kind = (name: string) => ["==", ["geometry-type"], name];
  const street = (id: string, rankName: string, from: number, thin: number, wide: number): LayerSpecification[] => [
    { id: `${id}-case`, type: "line", ...part("streets", rank(rankName)), minzoom: from, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c.streetCase, "line-width": width(thin + 0.8, wide + 2) } },
    { id, type: "line", ...part("streets", rank(rankName)), minzoom: from, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c.street, "line-width": width(thin, wide) } },
  ];
  return [
    { id: "ground", type: "background", paint: { "background-color": c.outside } },
    { id: "water", type: "fill", ...part("water"), paint: { "fill-color": c.sea } },
    { id: "land", type: "fill", ...part("coast"), paint: { "fill-color": c.land } },
    { id: "zone-line", type: "line", ...part("arrondissements"), paint: { "line-color": c.zone, "line-width": 1, "line-dasharray": [3, 2] } },
    ...street("street", "street", 13, 0.4, 8),
    ...street("main", "main", 11.5, 0.7, 11),
    ...street("axis", "axis", 10, 1, 14),
    { id: "rail", type: "line", ...part("metro", kind("LineString")), paint: { "line-color": ["coalesce", ["get", "colour"], "#777777"], "line-width": width(1.2, 4), "line-opacity": c.rail } },
    { id: "station", type: "circle", ...part("metro", kind("Point")), minzoom: 12.5, paint: { "circle-radius": 3, "circle-color": c.land, "circle-stroke-color": c.label, "circle-stroke-width": 1.2, "circle-opacity": 0.9, "circle-stroke-opacity": 0.7 } },
    { id: "label-street", type: "symbol", ...part("streets"), minzoom: 13.5, layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": 11 * scale }, paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.4 } },
    { id: "label-station", type: "symbol", ...part("metro", kind("Point")), minzoom: 13.5, layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 10.5 * scale, "text-anchor": "top", "text-offset": [0, 0.5] }, paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.4 } },
    { id: "label-zone", type: "symbol", source: LABEL_SOURCE, maxzoom: 14, layout: { "text-field": ["step", ["zoom"], ["get", "short"], 12, ["get", "label"]], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 10, 10 * scale, 13, 13 * scale], "text-max-width": 7 }, paint: { "text-color": c.place, "text-halo-color": c.halo, "text-halo-width": 1.6, "text-opacity": 0.9 } },
  ];
}

export function outlineStyle(dark: boolean, scale = 1): StyleSpecification {
  return {
    version: 8,
    sources: Object.fromEntries([OUTLINE_SOURCE, LABEL_SOURCE].map((name) => [name, { type: "geojson" as const, data: EMPTY, tolerance: 0.2 }])),
    layers: outlineLayers(dark, scale),
  };
}
