/** From the rows of an answer to what a map draws: shapes, classes of colour, hatching of what is withheld; pure. */
import { cellToBoundary, isValidCell } from "h3-js";
import type { Geometry, Position } from "geojson";
import { CIVIDIS, classOf, countClasses, ramp, type Rgb, type Rgba } from "@/lib/colour";
import { COURSE, lineOf } from "@/lib/courses";
import { expectedClasses } from "@/lib/forecast";
import { sectorShape } from "@/lib/sector";

type Row = Readonly<Record<string, unknown>>;

export interface Shape { row: number; geometry: Geometry; withheld: boolean }

const CELL = "cell";
const MOST_HATCHES = 40_000;

function hexagon(cell: string): Geometry | null {
  if (!isValidCell(cell)) return null;
  const ring = cellToBoundary(cell, true);
  const [first] = ring;
  const closed = first && ring[ring.length - 1]?.join() !== first.join() ? [...ring, first] : ring;
  return { type: "Polygon", coordinates: [closed] };
}

/** Where a row is: a circle where it tells a radius, else its hexagon, its zone or its point. */
export function geometryOf(row: Row, place: string | null, zones: ReadonlyMap<string, Geometry>): Geometry | null {
  const { lon, lat, radius_m: radius } = row;
  const pointed = typeof lon === "number" && typeof lat === "number";
  if (pointed && typeof radius === "number" && radius > 0) return sectorShape({ lon, lat, azimuthDeg: null, openingDeg: null, rangeM: radius });
  const id = place === null ? null : row[place];
  if (place === COURSE) return lineOf(id);
  if (typeof id === "string") return place === CELL ? hexagon(id) : (zones.get(id) ?? null);
  return pointed ? { type: "Point", coordinates: [lon, lat] } : null;
}

/** Columns of days by which a row without a place is chosen; where rows have parts, a day is that of a step. */
function dayColumn(columns: readonly { name: string; key: boolean }[]): string | null {
  if (columns.some((column) => column.name === "part")) return null;
  return columns.find((column) => column.key && ["day", "first_day", "from_day"].includes(column.name))?.name ?? null;
}

/** The column by which a row is chosen: its place (a course is no name, what keys its row is), else its day; of rows that lead by their keys, the first key. */
export function handleOf(columns: readonly { name: string; key: boolean }[], place: string | null, rowsLead = false): string | null {
  if (rowsLead) return columns.find((column) => column.key)?.name ?? null;
  return place === COURSE ? (columns.find((column) => column.key && column.name !== COURSE)?.name ?? null) : (place ?? dayColumn(columns));
}

export interface RowBehind { place?: string; day?: string; until?: string; radius_m?: number; row?: string; params?: string }

/** A row that leads to facts of its own is known by its keys, and by the parameters of the run. */
export function keyedRow(row: Row, columns: readonly { name: string; key: boolean }[], params: Readonly<Record<string, unknown>>): RowBehind {
  const keys = columns.filter(({ key, name }) => key && row[name] !== null && row[name] !== undefined);
  return { row: JSON.stringify(Object.fromEntries(keys.map(({ name }) => [name, row[name]]))), params: JSON.stringify(params) };
}

/** Where the facts behind a row are: its place, the days it tells of, the circle of a cluster. */
export function behindRow(row: Row, place: string | null, columns: readonly { name: string; key: boolean }[]): RowBehind {
  const at = place === null ? null : row[place];
  const column = dayColumn(columns);
  const day = column === null ? null : row[column];
  const until = row["to_day"] ?? row["last_day"];
  const { radius_m: radius } = row;
  return {
    ...(typeof at === "string" && at !== "" ? { place: at } : {}),
    ...(typeof day === "string" && day !== "" ? { day, ...(typeof until === "string" ? { until } : {}) } : {}),
    ...(place === CELL && typeof radius === "number" ? { radius_m: radius } : {}),
  };
}

/** Whether rows can be drawn at all. */
export function isSpatial(place: string | null, columns: readonly { name: string }[]): boolean {
  const names = new Set(columns.map((column) => column.name));
  return place !== null || (names.has("lon") && names.has("lat"));
}

/** The key column that tells rows of one place apart (a day, a part), where places come more than once. */
export function frameColumn(rows: readonly Row[], place: string | null, columns: readonly { name: string; key: boolean }[]): string | null {
  if (place === null) return null;
  const placed = rows.filter((row) => row[place] !== null && row[place] !== "");
  if (new Set(placed.map((row) => row[place])).size === placed.length) return null;
  return columns.find((column) => column.key && column.name !== place && new Set(placed.map((row) => row[column.name])).size > 1)?.name ?? null;
}

export function shapesOf(rows: readonly Row[], place: string | null, zones: ReadonlyMap<string, Geometry>, wanted: (row: Row) => boolean = () => true): Shape[] {
  return rows.flatMap((row, index) => {
    const geometry = wanted(row) ? geometryOf(row, place, zones) : null;
    return geometry ? [{ row: index, geometry, withheld: row["withheld"] === true }] : [];
  });
}

/** Columns one can colour by: numbers that say something of the row, and classes. */
export function colourColumns<T extends { name: string; key: boolean }>(columns: readonly T[], rows: readonly Row[], place: string | null): T[] {
  return columns.filter((column) => !column.key && column.name !== place && rows.some((row) => typeof row[column.name] === "number" || typeof row[column.name] === "string"));
}

export interface Scale {
  /** Colour of a value; null where there is none to show. */
  colour: (value: unknown) => Rgba | null;
  /** Classes from low to high, or the words there are. */
  classes: { from: number | null; word: string | null; colour: Rgb }[];
}

/** Orange for hot, high and worse, blue for cold, low and better (Okabe and Ito, 2008, and tints of them), grey for neither. */
const HOT: readonly Rgb[] = [[213, 94, 0], [230, 159, 0], [245, 190, 90], [166, 70, 0], [120, 50, 0], [250, 215, 150], [196, 120, 60]];
const COLD: readonly Rgb[] = [[0, 114, 178], [86, 180, 233], [150, 205, 240], [0, 80, 125], [0, 55, 90], [190, 225, 245], [70, 130, 170]];
const OTHER: readonly Rgb[] = [[0, 158, 115], [204, 121, 167], [138, 122, 0], [90, 90, 160], [127, 127, 127]];
const NEITHER: Rgb = [128, 134, 140];
/** Classes of what does not stand out: grey. */
const NOTHING = new Set(["none", "alike"]);
/** Classes of which nothing is told, for want of facts or of exposure: sand and brown, neither hot nor cold nor like the rest. */
const UNTOLD: ReadonlyMap<string, Rgb> = new Map([["tiny", [196, 178, 148]], ["missing", [110, 84, 60]], ["unknown", [110, 84, 60]]]);
/** Purple to orange (Brewer's PuOr): which side of nothing. */
const SIDES: readonly Rgb[] = [[94, 60, 153], [178, 171, 210], [200, 200, 200], [253, 184, 99], [230, 97, 1]];
const SHOWN = 190;

/** A colour for each class by its name, the same on the map and in the chart. */
export function wordColours(words: readonly string[]): Map<string, Rgb> {
  let [hot, cold, other] = [0, 0, 0];
  const colours = new Map<string, Rgb>();
  for (const word of [...words].sort()) {
    const untold = UNTOLD.get(word);
    if (untold) colours.set(word, untold);
    else if (NOTHING.has(word)) colours.set(word, NEITHER);
    else if (/hot|^high|above|^worse/.test(word)) colours.set(word, HOT[hot++ % HOT.length] ?? NEITHER);
    else if (/cold|^low|below|^better/.test(word)) colours.set(word, COLD[cold++ % COLD.length] ?? NEITHER);
    else colours.set(word, OTHER[other++ % OTHER.length] ?? NEITHER);
  }
  return colours;
}

function wordScale(words: readonly string[]): Scale {
  const colours = wordColours(words);
  return {
    colour: (value) => {
      const found = typeof value === "string" ? colours.get(value) : undefined;
      return found ? [...found, NOTHING.has(value as string) ? 40 : UNTOLD.has(value as string) ? 110 : SHOWN] : null;
    },
    classes: [...colours].map(([word, colour]) => ({ from: null, word, colour })),
  };
}

function sidesScale(most: number): Scale {
  const step = Number((most / 2.5).toPrecision(1));
  const bounds = [-Infinity, -1.5 * step, -0.5 * step, 0.5 * step, 1.5 * step];
  return {
    colour: (value) => (typeof value === "number" ? [...(SIDES[classOf(value, bounds)] ?? NEITHER), SHOWN] : null),
    classes: bounds.map((from, i) => ({ from: i === 0 ? null : from, word: i === 0 ? "<" : null, colour: SIDES[i] ?? NEITHER })),
  };
}

/** Cividis for sizes, two sides of nothing for what may be negative, words by name; the same to every kind of colour vision. */
export function scaleOf(values: readonly unknown[], dark: boolean): Scale {
  const words = new Set(values.filter((value): value is string => typeof value === "string"));
  if (words.size > 0) return wordScale([...words]);
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (numbers.length === 0) return { colour: () => null, classes: [] };
  const [least, most] = numbers.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  if (least < 0) return sidesScale(Math.max(-least, most) || 1);
  const bounds = most > 500 ? countClasses(most) : expectedClasses(most);
  const tint = (i: number): Rgb => ramp(dark ? CIVIDIS : [...CIVIDIS].reverse(), bounds.length <= 1 ? 0.6 : 0.05 + (0.95 * i) / (bounds.length - 1));
  const below = bounds[0] ?? 0;
  return {
    colour: (value) => (typeof value !== "number" ? null : value < below ? [...NEITHER, 30] : [...tint(classOf(value, bounds)), SHOWN]),
    classes: bounds.map((from, i) => ({ from, word: null, colour: tint(i) })),
  };
}

function rings(geometry: Geometry): Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

/** Strokes at 45 degrees inside a shape, `step` degrees apart, on a grid that all shapes share. */
export function hatch(geometry: Geometry, step: number): [Position, Position][] {
  const edges = rings(geometry).flatMap((ring) => ring.slice(1).map((b, i) => [ring[i] ?? b, b] as const));
  const offsets = edges.flatMap(([a]) => [(a[0] ?? 0) - (a[1] ?? 0)]);
  if (offsets.length === 0) return [];
  const [low, high] = offsets.reduce(([l, h], value) => [Math.min(l, value), Math.max(h, value)], [Infinity, -Infinity]);
  const strokes: [Position, Position][] = [];
  for (let n = Math.floor(low / step); (n + 0.5) * step < high; n += 1) {
    const c = (n + 0.5) * step; // the line x - y = c
    const crossings = edges.flatMap(([a, b]) => {
      const [da, db] = [(a[0] ?? 0) - (a[1] ?? 0) - c, (b[0] ?? 0) - (b[1] ?? 0) - c];
      if (da < 0 === db < 0) return [];
      const share = da / (da - db);
      return [[(a[0] ?? 0) + share * ((b[0] ?? 0) - (a[0] ?? 0)), (a[1] ?? 0) + share * ((b[1] ?? 0) - (a[1] ?? 0))] as Position];
    }).sort((p, q) => (p[0] ?? 0) - (q[0] ?? 0));
    for (let i = 0; i + 1 < crossings.length; i += 2) strokes.push([crossings[i] as Position, crossings[i + 1] as Position]);
  }
  return strokes;
}

/** The hatching of all that is withheld: some four strokes in the smallest shape. */
export function hatches(shapes: readonly Shape[]): [Position, Position][] {
  const withheld = shapes.filter((shape) => shape.withheld && rings(shape.geometry).length > 0);
  const widths = withheld.map((shape) => {
    const xs = rings(shape.geometry).flat().map((point) => (point[0] ?? 0) - (point[1] ?? 0));
    return xs.reduce((high, x) => Math.max(high, x), -Infinity) - xs.reduce((low, x) => Math.min(low, x), Infinity);
  });
  const step = widths.reduce((least, width) => Math.min(least, width), Infinity) / 4;
  if (!(step > 0) || !Number.isFinite(step)) return [];
  return withheld.flatMap((shape) => hatch(shape.geometry, step)).slice(0, MOST_HATCHES);
}
