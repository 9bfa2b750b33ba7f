/** Time without surprises: instants are epoch milliseconds, words are those of the city's zone. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A half-open interval of instants, epoch milliseconds. */
export interface Range {
  from: number;
  to: number;
}

export const PRESETS = ["1h", "24h", "7d", "30d", "all"] as const;
export type Preset = (typeof PRESETS)[number];

const PRESET_MS: Record<Exclude<Preset, "all">, number> = {
  "1h": HOUR,
  "24h": DAY,
  "7d": 7 * DAY,
  "30d": 30 * DAY,
};

/** What the user asked for: a window that follows the present, or fixed bounds. */
export type Period = { preset: Preset } | Range;

export function isPreset(period: Period): period is { preset: Preset } {
  return "preset" in period;
}

/**
 * The instants a period stands for. A following window ends at the next full minute, so that the
 * same question asked twice within a minute is the same question (and hits the cache).
 */
export function resolvePeriod(period: Period, now: number, extent: Range | null): Range {
  if (!isPreset(period)) return period;
  const end = Math.ceil(now / MINUTE) * MINUTE;
  if (period.preset === "all") {
    const from = extent ? Math.min(extent.from, end - DAY) : end - 30 * DAY;
    return { from: Math.floor(from / DAY) * DAY, to: end };
  }
  return { from: end - PRESET_MS[period.preset], to: end };
}

export const DOMAINS = ["24h", "7d", "30d", "90d", "all"] as const;
export type Domain = (typeof DOMAINS)[number];

const DOMAIN_MS: Record<Exclude<Domain, "all">, number> = {
  "24h": DAY,
  "7d": 7 * DAY,
  "30d": 30 * DAY,
  "90d": 90 * DAY,
};

/** The span the time bar shows around a selection when the user has not chosen one. */
export function defaultDomain(period: Period): Domain {
  if (isPreset(period)) {
    const table: Record<Preset, Domain> = { "1h": "24h", "24h": "7d", "7d": "30d", "30d": "90d", all: "all" };
    return table[period.preset];
  }
  const span = period.to - period.from;
  return DOMAINS.find((d) => d === "all" || DOMAIN_MS[d] >= span * 2) ?? "all";
}

/** The instants of a domain, widened so that the selection is always inside. */
export function domainRange(domain: Domain, selection: Range, now: number, extent: Range | null): Range {
  const end = Math.max(Math.ceil(now / HOUR) * HOUR, selection.to);
  const start = domain === "all" ? Math.min(extent?.from ?? end - 30 * DAY, end - DAY) : end - DOMAIN_MS[domain];
  return { from: Math.min(start, selection.from), to: end };
}

/** RFC 3339 UTC to whole seconds, as the server takes it. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** Epoch milliseconds of an RFC 3339 text, or null when it is not one with a zone. */
export function parseInstant(text: string | null | undefined): number | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

const formats = new Map<string, Intl.DateTimeFormat>();

export function dateFormat(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}|${zone}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { timeZone: zone, ...options });
    formats.set(key, format);
  }
  return format;
}

/** `HH:MM` in the city's zone. */
export function hourText(ms: number, language: string, zone: string): string {
  return dateFormat(language, zone, { hour: "2-digit", minute: "2-digit" }).format(ms);
}

/** `lun. 23 nov. 14:05`; the year only when it is not the present one. */
export function instantText(ms: number, language: string, zone: string, now: number): string {
  const sameYear = localParts(ms, zone).year === localParts(now, zone).year;
  return dateFormat(language, zone, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(ms);
}

export function dayText(ms: number, language: string, zone: string): string {
  return dateFormat(language, zone, { weekday: "short", day: "numeric", month: "short" }).format(ms);
}

/** An uncertain time shown as the interval it is; a single instant when both ends agree. */
export function intervalText(earliest: number, latest: number, language: string, zone: string, now: number): string {
  const start = instantText(earliest, language, zone, now);
  if (latest - earliest < MINUTE) return start;
  const sameDay = localDay(earliest, zone) === localDay(latest, zone);
  return `${start} – ${sameDay ? hourText(latest, language, zone) : instantText(latest, language, zone, now)}`;
}

export interface LocalParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  /** 0 = Monday */
  weekday: number;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const partFormats = new Map<string, Intl.DateTimeFormat>();

/** Calendar fields of an instant in a zone. */
export function localParts(ms: number, zone: string): LocalParts {
  let format = partFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", weekday: "short", hourCycle: "h23",
    });
    partFormats.set(zone, format);
  }
  const parts: Record<string, string> = {};
  for (const part of format.formatToParts(ms)) parts[part.type] = part.value;
  return {
    year: Number(parts["year"]),
    month: Number(parts["month"]),
    day: Number(parts["day"]),
    hour: Number(parts["hour"]),
    weekday: WEEKDAYS.indexOf(parts["weekday"] ?? "Mon"),
  };
}

/** `YYYY-MM-DD` of an instant in a zone. */
export function localDay(ms: number, zone: string): string {
  const p = localParts(ms, zone);
  return `${p.year}-${String(p.month).padStart(2, "0")}-${String(p.day).padStart(2, "0")}`;
}

/** The instant at which a local day begins; right on both clock-change days. */
export function dayStart(day: string, zone: string): number {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const guess = Date.parse(`${day}T00:00:00Z`);
  for (let shift = -14; shift <= 14; shift += 0.5) {
    const at = guess - shift * HOUR;
    const before = localDay(at - 1, zone);
    if (localDay(at, zone) === day && before < day) return at;
  }
  return noon - 12 * HOUR;
}

/** `YYYY-MM-DD` moved by whole calendar days. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Size and unit of an age or duration, for translation (`age.min`, `age.h`, ...). */
export function ageParts(seconds: number): { value: number; unit: "s" | "min" | "h" | "d" } {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return { value: s, unit: "s" };
  if (s < 3600) return { value: Math.round(s / 60), unit: "min" };
  if (s < 48 * 3600) return { value: Math.round(s / 3600), unit: "h" };
  return { value: Math.round(s / 86400), unit: "d" };
}

/** Beyond this the newest of what a view shows is called old, seconds; before it a source may be silent while others speak. */
const OLD_S = 900;

export function isOld(seconds: number | null): boolean {
  return seconds === null || seconds > OLD_S;
}
