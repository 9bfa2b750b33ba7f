/** What a forecast looks like: classes of expected counts, the worst places of a slot; pure. */
import type { Geometry } from "geojson";
import { CIVIDIS, ramp, type Rgb } from "@/lib/colour";

export interface ExpectedCell {
  cell: string;
  /** What people call the place. */
  name: { fr: string; en: string };
  lon: number;
  lat: number;
  expected: number;
  low: number;
  high: number;
  flagged: boolean;
  unreliable: boolean;
  /** Outline of a square or zone; a hexagon is drawn by its name. */
  shape: Geometry | null;
}

export interface ExpectedCells { cells: readonly ExpectedCell[]; bounds: readonly number[]; selected: string | null }

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
const CLASSES = 6;

/** Lower bounds of classes of expected counts: round numbers, the last one at or below the greatest. */
export function expectedClasses(max: number): number[] {
  const below = STEPS.filter((step) => step <= Math.max(max, STEPS[0] ?? 0));
  return below.slice(-CLASSES);
}

/** Class of a number; -1 below the first: nearly nothing is expected. */
export function expectedClass(value: number, bounds: readonly number[]): number {
  let found = -1;
  bounds.forEach((bound, i) => { if (value >= bound) found = i; });
  return found;
}

/** Cividis, more being darker on a light ground and brighter on a dark one. */
export function expectedColour(index: number, count: number, dark: boolean): Rgb {
  const t = count <= 1 ? 0.6 : 0.05 + (0.95 * index) / (count - 1);
  return ramp(dark ? CIVIDIS : [...CIVIDIS].reverse(), t);
}

/** Grey of what is not to be relied on. */
export const UNRELIABLE: Rgb = [128, 134, 140];

export interface PlaceLike { cell: string; small: boolean; grey: boolean; expected: readonly number[] }

export function unreliable(place: Pick<PlaceLike, "small" | "grey">): boolean {
  return place.small || place.grey;
}

/** The places with the highest number in a slot, highest first. */
export function highest<T extends PlaceLike>(places: readonly T[], slot: number, most: number): T[] {
  return [...places].sort((a, b) => (b.expected[slot] ?? 0) - (a.expected[slot] ?? 0) || a.cell.localeCompare(b.cell)).slice(0, most);
}

/** A number expected, with as many digits as it deserves. */
export function expectedText(value: number, language: string): string {
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  if (value < 0.01) return language === "fr" ? "< 0,01" : "< 0.01";
  return new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A factor as a change: 1.2 is +20 %. */
export function factorText(factor: number, language: string): string {
  return new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" }).format(factor - 1);
}
