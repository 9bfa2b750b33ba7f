/** The shapes of the server's answers that the console relies on (docs/explanation/architecture-notes.md). */
import type { Feature, FeatureCollection, Geometry } from "geojson";

export type Language = "fr" | "en";
export interface Words { fr: string; en: string }

export interface Account { login: string; name: string; role: string; role_title: Words; permissions: string[]; must_change_password: boolean; language: string }
export interface DemoAccount { login: string; password: string; role: string; role_title: Words }
export interface Session { account: Account | null; csrf: string | null; demo: boolean; demo_accounts: DemoAccount[]; city: string; languages: string[] }

export interface City {
  name: string;
  timezone: string;
  bbox: [number, number, number, number];
  center: [number, number];
  languages: string[];
  style_url: string | null;
  now: string;
  demo: boolean;
  extent: { from: string | null; to: string | null };
  version: string;
}

export interface Kind { code: string; parent: string | null; theme: string; fr: string; en: string; colour_index: number; leaf: boolean }
export interface ZoningInfo { name: string; title: Words; zones: number }
export interface ZoneRef { zoning: string; zone_id: string; label: string }

export interface MapCell { cell: string; n: number; severity_max: number | null }
export interface MapCluster { lon: number; lat: number; n: number; cell: string; severity_max: number | null }
export interface MapPoint { fact_id: string; lon: number; lat: number; kind: string; source: string; severity: number | null; status: string | null; at: string }
export interface MapAnswer {
  mode: "cells" | "clusters" | "points";
  resolution: number | null;
  total: number;
  shown: number;
  truncated: boolean;
  age_s: number | null;
  stale: boolean;
  cells: MapCell[];
  clusters: MapCluster[];
  points: MapPoint[];
}

export interface HistogramAnswer { bucket: "minute" | "hour" | "day" | "week" | "month"; bucket_s: number; items: { at: string; n: number }[]; total: number }
export interface Counted { n: number; low: number; high: number }
export interface SummaryLine { key: string; now: Counted; before: Counted }
export interface Summary {
  from: string;
  to: string;
  before_from: string;
  before_to: string;
  total: SummaryLine;
  by_theme: SummaryLine[];
  by_kind: SummaryLine[];
  by_source: SummaryLine[];
  by_severity: SummaryLine[];
  by_status: SummaryLine[];
  age_s: number | null;
  stale: boolean;
  method: string;
}

export interface Page<T> { items: T[]; next: string | null }

export interface FactRow {
  fact_id: string;
  kind: string;
  source: string;
  earliest_at: string;
  latest_at: string;
  reported_at: string | null;
  lon: number | null;
  lat: number | null;
  accuracy_m: number | null;
  cell: string | null;
  severity: number | null;
  status: string | null;
  basis: string;
  discovered_by: string | null;
  quantity: number | null;
}
export interface Provenance { source: string; connector: string | null; source_ref: string | null; batch_id: string; file: string | null; row: number | null; received_at: string; revision: number }
export interface FactDetail extends FactRow {
  attributes: Record<string, string | null>;
  local_day: string;
  local_hour: number;
  weekday: number;
  provenance: Provenance;
  zones: ZoneRef[];
  narrative: { text: string } | null;
  narrative_withheld: boolean;
}

export interface MeansRow {
  means_id: string;
  unit_ref: string;
  label: string | null;
  kind: string;
  source: string;
  lon: number | null;
  lat: number | null;
  heading_deg: number | null;
  speed_kmh: number | null;
  status: string | null;
  at: string;
  age_s: number;
  stale: boolean;
}
export interface PlaceRow { place_id: string; kind: string; label: string; lon: number | null; lat: number | null; capacity: number | null; owner: string | null; attributes: Record<string, string | null> }
export interface MeasureRow { measure_id: string; metric: string; source: string; place_id: string | null; from_at: string; to_at: string; lon: number | null; lat: number | null; value: number; unit: string; quality: string | null }
export interface PlanRow {
  plan_id: string;
  kind: string;
  title: string | null;
  source: string;
  starts_at: string;
  ends_at: string;
  setup_s: number | null;
  teardown_s: number | null;
  lon: number | null;
  lat: number | null;
  place_id: string | null;
  geometry: Geometry | null;
  attendance_low: number | null;
  attendance_likely: number | null;
  attendance_high: number | null;
  state: string;
  declared: boolean;
  closes: string | null;
  means: Record<string, string | null>;
  attributes: Record<string, string | null>;
}
export interface PlanDetail extends PlanRow { provenance: Provenance; zones: ZoneRef[]; clashes: Record<string, unknown>[] }
export interface AgendaDay { day: string; plans: number; attendance: { low: number; likely: number; high: number }; clashes: number; items: PlanRow[] }
export interface Clash { rule: string; severity: number; plans: string[]; from: string; to: string; geometry: Geometry | null; explanation: Words }
export interface Alert { alert_id: string; rule: string; severity: number; at: string; until: string; lon: number | null; lat: number | null; explanation: Words; numbers: Record<string, unknown>; state: string }

type WithDistance<T> = T & { distance_m: number };
export interface Near {
  lon: number;
  lat: number;
  radius_m: number;
  facts: WithDistance<FactRow>[];
  plans: WithDistance<PlanRow>[];
  places: WithDistance<PlaceRow>[];
  means: WithDistance<MeansRow>[];
  measures: WithDistance<MeasureRow>[];
  truncated: boolean;
}

export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  [key: `x-${string}`]: unknown;
}
export interface AnalysisInfo { name: string; title: Words; question: Words; limits: Words; reference: string; parameters: JsonSchema }
export interface AnalysisColumn { name: string; type: string; meaning: string; unit: string }
export interface AnalysisResult { table: Record<string, unknown>[]; columns: AnalysisColumn[]; limits: Words; chart: Record<string, unknown> | null; base: number; computed_at: string }

export type SourceState = "live" | "late" | "stale" | "never";
export interface BatchRow { batch_id: string; at: string; name: string; read: number; accepted: number; duplicates: number; quarantined: number; notices: Record<string, number>; duration_s: number }
export interface SourceHealth {
  source: string;
  title: Words;
  connector: string;
  period_s: number;
  last_received_at: string | null;
  last_fact_at: string | null;
  age_s: number | null;
  state: SourceState;
  records: number;
  duplicates: number;
  quarantined: number;
  notices: Record<string, number>;
  last_batches: BatchRow[];
}
export interface QuarantineRow { id: string; source: string; code: string; reason: string; params: Record<string, unknown>; file: string; row: number | null; at: string; state: string; attempts: number }
export interface QuarantineDetail extends QuarantineRow { raw: string; expires_at: string | null }
export interface QuarantinePage extends Page<QuarantineRow> { total: number; by_code: Record<string, number> }
export interface RetryAnswer { tried: number; resolved: number; refused: number; by_code: Record<string, number> }

export interface CloudEvent { id: string; type: string; source: string; time: string; data: Record<string, unknown> }
export type { Feature, FeatureCollection, Geometry };
