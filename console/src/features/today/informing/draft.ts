/** A message to the public as its form holds it: texts, and what is sent of them. */
import type { Polygon } from "geojson";
import type { MessageContent, MessageSpec } from "@/api/messages";
import type { Geometry } from "@/api/types";
import { wallInstant, wallText } from "@/lib/localTime";
import { HOUR, MINUTE, parseInstant, rfc3339 } from "@/lib/time";

export const CATEGORIES = ["Transport", "Safety", "Security", "Rescue", "Fire", "Health", "Met", "Env", "Infra", "Geo", "CBRNE", "Other"] as const;
export const RESPONSES = ["None", "Avoid", "Prepare", "Shelter", "Evacuate", "Execute", "Monitor", "Assess", "AllClear"] as const;
export const URGENCIES = ["Immediate", "Expected", "Future", "Past", "Unknown"] as const;
export const SEVERITIES = ["Minor", "Moderate", "Severe", "Extreme", "Unknown"] as const;
export const CERTAINTIES = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"] as const;
const LASTS_H = 3;
const ROUND_MIN = 15;

export interface MessageDraft {
  title_fr: string;
  title_en: string;
  text_fr: string;
  text_en: string;
  advice_fr: string;
  advice_en: string;
  category: MessageSpec["category"];
  response: MessageSpec["response"];
  urgency: MessageSpec["urgency"];
  severity: MessageSpec["severity"];
  certainty: MessageSpec["certainty"];
  /** Where: a known zone, or an area drawn on the map. */
  where: "zone" | "drawn";
  zone: string;
  ring: Geometry | null;
  /** Names of streets, one a line. */
  streets: string;
  /** Empty for now. */
  onset: string;
  expires: string;
  panels: boolean;
  /** Lines of the street panels, one a line. */
  panel: string;
  about: string;
}

export function emptyMessage(now: number, zone: string): MessageDraft {
  const end = Math.ceil((now + LASTS_H * HOUR) / (ROUND_MIN * MINUTE)) * ROUND_MIN * MINUTE;
  return {
    title_fr: "", title_en: "", text_fr: "", text_en: "", advice_fr: "", advice_en: "",
    category: "Transport", response: "None", urgency: "Immediate", severity: "Minor", certainty: "Observed",
    where: "zone", zone: "city", ring: null, streets: "", onset: "", expires: wallText(end, zone), panels: false, panel: "", about: "",
  };
}

/** A message that stands, as its form. */
export function messageDraft(content: MessageContent, zone: string): MessageDraft {
  const wall = (at: string): string => wallText(parseInstant(at) ?? 0, zone);
  const { title_fr, title_en, text_fr, text_en, advice_fr, advice_en, category, response, urgency, severity, certainty, about } = content;
  const drawn = content.zone === "" && content.geometry !== null;
  return {
    title_fr, title_en, text_fr, text_en, advice_fr, advice_en, category, response, urgency, severity, certainty, about,
    where: drawn ? "drawn" : "zone", zone: content.zone, ring: drawn ? content.geometry : null, streets: content.streets.join("\n"),
    onset: wall(content.onset), expires: wall(content.expires), panels: content.panel.length > 0, panel: content.panel.join("\n"),
  };
}

const lines = (text: string): string[] => text.split("\n").map((one) => one.trim().split(/\s+/).join(" ")).filter(Boolean);

/** Lines of a panel as it shows them, in capitals. */
export function panelLines(text: string): string[] {
  return lines(text).map((one) => one.toLocaleUpperCase("fr"));
}

export interface LineLength { text: string; length: number; fits: boolean }

/** Every line with its length as the server will count it, in characters of the panel. */
export function panelLengths(text: string, most: { lines: number; characters: number }): LineLength[] {
  return panelLines(text).map((one, i) => {
    const { length } = [...one];
    return { text: one, length, fits: i < most.lines && length <= most.characters };
  });
}

/** The fields that nobody has filled in yet. */
export function missing(draft: MessageDraft): string[] {
  const needed = ["title_fr", "title_en", "text_fr", "text_en", "expires"] as const;
  const empty: string[] = needed.filter((name) => draft[name].trim() === "");
  if ((draft.advice_fr.trim() === "") !== (draft.advice_en.trim() === "")) empty.push(draft.advice_fr.trim() === "" ? "advice_fr" : "advice_en");
  const nowhere = draft.where === "drawn" ? draft.ring?.type !== "Polygon" : draft.zone === "" && lines(draft.streets).length === 0;
  return nowhere ? [...empty, "zone"] : empty;
}

/** What is sent; null while the end cannot be read. */
export function specOf(draft: MessageDraft, zone: string, submit: boolean): MessageSpec | null {
  const expires = wallInstant(draft.expires, zone);
  const onset = wallInstant(draft.onset, zone);
  if (expires === null) return null;
  const { title_fr, title_en, text_fr, text_en, advice_fr, advice_en, category, response, urgency, severity, certainty, about } = draft;
  return {
    title_fr, title_en, text_fr, text_en, advice_fr, advice_en, category, response, urgency, severity, certainty, about, submit,
    zone: draft.where === "zone" ? draft.zone : "",
    ring: draft.where === "drawn" && draft.ring?.type === "Polygon" ? (draft.ring as Polygon as unknown as Record<string, unknown>) : null,
    streets: lines(draft.streets),
    onset: onset === null ? null : rfc3339(onset),
    expires: rfc3339(expires),
    panel: draft.panels ? lines(draft.panel) : [],
  };
}
