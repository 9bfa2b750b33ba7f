/** The whole state of a view as a URL, and back. Language and theme are the person's, not the view's. */
import { DOMAINS, PRESETS, isPreset, parseInstant, rfc3339, type Domain, type Period, type Preset } from "@/lib/time";

export const SCREENS = ["today", "tomorrow", "yesterday", "inquiries", "cameras", "sources", "liberties"] as const;
export type Screen = (typeof SCREENS)[number];

/** Paths are French first; the English ones are understood too. */
const PATHS: Record<Screen, string> = { today: "aujourdhui", tomorrow: "demain", yesterday: "hier", inquiries: "enquetes", cameras: "cameras", sources: "sources", liberties: "libertes" };

export interface Filters {
  kinds: string[];
  sources: string[];
  severityMin: number | null;
  status: string | null;
  /** `zoning:zone_id` */
  zone: string | null;
}

export interface Selection {
  type: "fact" | "plan" | "means" | "place" | "alert";
  id: string;
}

export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export interface UrlState {
  screen: Screen;
  view: View | null;
  period: Period;
  domain: Domain | null;
  filters: Filters;
  selection: Selection | null;
  /** Which panel is open; null is the screen's own choice. */
  panel: string | null;
  /** What only one screen understands (a day, a tab, an analysis and its parameters). */
  extra: Record<string, string>;
}

export const NO_FILTERS: Filters = { kinds: [], sources: [], severityMin: null, status: null, zone: null };

const DEFAULT_PERIOD: Record<Screen, Preset> = { today: "24h", tomorrow: "24h", yesterday: "30d", inquiries: "24h", cameras: "24h", sources: "24h", liberties: "24h" };
const TYPES = ["fact", "plan", "means", "place", "alert"] as const;
const KNOWN = new Set(["at", "period", "from", "to", "span", "kind", "source", "severity", "status", "zone", "sel", "panel"]);

export function initialState(screen: Screen): UrlState {
  return {
    screen, view: null, period: { preset: DEFAULT_PERIOD[screen] }, domain: null,
    filters: NO_FILTERS, selection: null, panel: null, extra: {},
  };
}

export function countFilters(filters: Filters): number {
  return filters.kinds.length + filters.sources.length + (filters.severityMin ? 1 : 0) + (filters.status ? 1 : 0) + (filters.zone ? 1 : 0);
}

export function parseScreen(path: string): Screen {
  const name = path.replace(/^\/+|\/+$/g, "").split("/")[0] ?? "";
  return SCREENS.find((s) => PATHS[s] === name || s === name) ?? "today";
}

export function pathOf(screen: Screen): string {
  return `/${PATHS[screen]}`;
}

function parseView(text: string | null): View | null {
  const numbers = (text ?? "").split(",").map(Number);
  const [lon, lat, zoom] = numbers;
  if (numbers.length !== 3 || lon === undefined || lat === undefined || zoom === undefined) return null;
  const sane = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 24;
  return sane && text !== "" ? { lon, lat, zoom } : null;
}

function parsePeriod(query: URLSearchParams, screen: Screen): Period {
  const preset = PRESETS.find((p) => p === query.get("period"));
  if (preset) return { preset };
  const from = parseInstant(query.get("from"));
  const to = parseInstant(query.get("to"));
  if (from !== null && to !== null && from < to) return { from, to };
  return { preset: DEFAULT_PERIOD[screen] };
}

function parseSelection(text: string | null): Selection | null {
  const match = /^([a-z]+):(.+)$/.exec(text ?? "");
  const type = TYPES.find((t) => t === match?.[1]);
  return type && match?.[2] ? { type, id: match[2] } : null;
}

/** Read a location. Whatever cannot be understood falls back to the screen's default. */
export function parseUrl(path: string, search: string): UrlState {
  const query = new URLSearchParams(search);
  const screen = parseScreen(path);
  const severity = Number(query.get("severity"));
  const extra: Record<string, string> = {};
  for (const [key, value] of query) if (!KNOWN.has(key)) extra[key] = value;
  return {
    screen,
    view: parseView(query.get("at")),
    period: parsePeriod(query, screen),
    domain: DOMAINS.find((d) => d === query.get("span")) ?? null,
    filters: {
      kinds: query.getAll("kind"),
      sources: query.getAll("source"),
      severityMin: Number.isInteger(severity) && severity >= 1 && severity <= 5 ? severity : null,
      status: query.get("status"),
      zone: query.get("zone"),
    },
    selection: parseSelection(query.get("sel")),
    panel: query.get("panel"),
    extra,
  };
}

/** Write a location: path and query, defaults left out so that addresses stay short. */
export function formatUrl(state: UrlState): string {
  const query = new URLSearchParams();
  if (state.view) {
    const { lon, lat, zoom } = state.view;
    query.set("at", `${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`);
  }
  if (!isPreset(state.period)) {
    query.set("from", rfc3339(state.period.from));
    query.set("to", rfc3339(state.period.to));
  } else if (state.period.preset !== DEFAULT_PERIOD[state.screen]) {
    query.set("period", state.period.preset);
  }
  if (state.domain) query.set("span", state.domain);
  for (const kind of state.filters.kinds) query.append("kind", kind);
  for (const source of state.filters.sources) query.append("source", source);
  if (state.filters.severityMin) query.set("severity", String(state.filters.severityMin));
  if (state.filters.status) query.set("status", state.filters.status);
  if (state.filters.zone) query.set("zone", state.filters.zone);
  if (state.selection) query.set("sel", `${state.selection.type}:${state.selection.id}`);
  if (state.panel) query.set("panel", state.panel);
  for (const [key, value] of Object.entries(state.extra)) if (value !== "" && !KNOWN.has(key)) query.set(key, value);
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text ? `${pathOf(state.screen)}?${text}` : pathOf(state.screen);
}
