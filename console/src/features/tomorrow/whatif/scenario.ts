/** A scenario as a short text in the address, so that it can be sent to somebody; pure. */
import type { Change } from "@/api/whatif";

export const DEGREES = ["low", "moderate", "medium", "high"] as const;
export const WEATHERS = ["usual", "dry", "rain"] as const;
export const MOST_SHIFT_MIN = 720;
export const SHIFT_STEP_MIN = 15;

const NUMBERS = { shift: "shift_min", att: "attendance", agents: "agents", barriers: "barriers", exit: "exit_width_m", transit: "transit_share" } as const;
const WORDS = { p2: "activity", e1: "site", e2: "rescue" } as const;
const SEPARATOR = "~";
const TILDE = "%7E";

function isDegree(text: string): text is (typeof DEGREES)[number] {
  return (DEGREES as readonly string[]).includes(text);
}

/** `shift.120~agents.40~rain`: what is not said stays as planned. */
export function scenarioText(change: Change): string {
  const parts: string[] = [];
  for (const [short, name] of Object.entries(NUMBERS)) {
    const value = change[name as keyof Change];
    if (typeof value === "number" && !(name === "shift_min" && value === 0)) parts.push(`${short}.${value}`);
  }
  for (const [short, name] of Object.entries(WORDS)) {
    const value = change[name as keyof Change];
    if (typeof value === "string") parts.push(`${short}.${value}`);
  }
  if (change.weather && change.weather !== "usual") parts.push(change.weather);
  if (typeof change.lon === "number" && typeof change.lat === "number") parts.push(`at.${change.lon.toFixed(6)};${change.lat.toFixed(6)}`);
  if (change.closes) parts.push(`close.${change.closes.map((name) => encodeURIComponent(name).replaceAll(SEPARATOR, TILDE)).join(";")}`);
  return parts.join(SEPARATOR);
}

/** Read a scenario back; whatever cannot be understood stays as planned. */
export function readScenario(text: string | undefined): Change {
  const change: Change = {};
  for (const part of (text ?? "").split(SEPARATOR)) {
    const dot = part.indexOf(".");
    const name = dot < 0 ? part : part.slice(0, dot);
    const value = dot < 0 ? "" : part.slice(dot + 1);
    if (name === "dry" || name === "rain") change.weather = name;
    else if (name in NUMBERS && value !== "" && Number.isFinite(Number(value))) change[NUMBERS[name as keyof typeof NUMBERS]] = Number(value);
    else if (name in WORDS && isDegree(value)) change[WORDS[name as keyof typeof WORDS]] = value;
    else if (name === "at") {
      const [lon, lat] = value.split(";").map(Number);
      if (lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat)) Object.assign(change, { lon, lat });
    } else if (name === "close") change.closes = value === "" ? [] : value.split(";").map(decoded);
  }
  return change;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function isEmpty(change: Change): boolean {
  return scenarioText(change) === "";
}
