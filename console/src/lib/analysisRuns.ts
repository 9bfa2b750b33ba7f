/** A run of an analysis in the address bar, the difference of two runs, and how it is asked elsewhere; pure. */

export type Params = Record<string, string>;
type Row = Record<string, unknown>;

const PREFIX = "p.";
const FILTER = "f.";
/** Filters that hold several values. */
const LISTS = new Set(["kind", "source"]);
/** What an analysis is asked about, beside its parameters: filters as the interface names them. */
export type Filtered = Readonly<Record<string, unknown>>;

/** The parameters that stand in the address, by name. */
export function paramsOf(extra: Readonly<Record<string, string>>): Params {
  return Object.fromEntries(Object.entries(extra).filter(([name]) => name.startsWith(PREFIX)).map(([name, value]) => [name.slice(PREFIX.length), value]));
}

/** What to write into the address so that it holds just these parameters. */
export function paramsChange(extra: Readonly<Record<string, string>>, params: Params): Record<string, string | null> {
  const gone = Object.keys(extra).filter((name) => name.startsWith(PREFIX)).map((name) => [name, null] as const);
  return { ...Object.fromEntries(gone), ...Object.fromEntries(Object.entries(params).map(([name, value]) => [PREFIX + name, value])) };
}

/** A run kept for comparison, as one text of the address: its window, its filters and its parameters. */
export function keptText(window: { from: string; to: string }, params: Params, filters: Filtered = {}): string {
  const asked = Object.entries(filters).filter(([name]) => name !== "from" && name !== "to");
  return new URLSearchParams([
    ["from", window.from], ["to", window.to],
    ...asked.flatMap(([name, value]) => listed(value).map((one): [string, string] => [FILTER + name, one])),
    ...Object.entries(params).map(([name, value]): [string, string] => [PREFIX + name, value]),
  ]).toString();
}

export interface Kept { from: string; to: string; filters: Filtered; params: Params }

export function keptRun(text: string | undefined): Kept | null {
  if (!text) return null;
  const all = new URLSearchParams(text);
  const [from, to] = [all.get("from"), all.get("to")];
  if (from === null || to === null || Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return null;
  const names = new Set([...all.keys()].filter((name) => name.startsWith(FILTER)).map((name) => name.slice(FILTER.length)));
  const filters = Object.fromEntries([...names].map((name) => [name, LISTS.has(name) ? all.getAll(FILTER + name) : all.get(FILTER + name)]));
  return { from, to, filters, params: paramsOf(Object.fromEntries(all)) };
}

/** A row of both runs, as the first has it. */
export interface Difference { row: Row; values: { column: string; now: number; kept: number; difference: number }[] }
export interface Differences { keys: string[]; rows: Difference[]; onlyNow: number; onlyKept: number }
interface Column { name: string; key: boolean }

function said(row: Row, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => (typeof row[name] === "string" || typeof row[name] === "number" ? String(row[name]) : "")));
}

/** The key columns that tell rows apart: words and days, and of numbers (a weight is a key too) no more than that takes. */
function identity(columns: readonly Column[], tables: readonly (readonly Row[])[]): string[] {
  const keys = columns.filter((column) => column.key).map((column) => column.name);
  const numeric = (name: string): boolean => tables.some((rows) => rows.some((row) => typeof row[name] === "number"));
  const found = keys.filter((name) => !numeric(name));
  for (const name of keys.filter(numeric)) {
    if (tables.every((rows) => new Set(rows.map((row) => said(row, found))).size === rows.length)) break;
    found.push(name);
  }
  return found;
}

/** Rows that both runs have, by what tells rows apart, with the difference of every other number; the rest is counted. */
export function differences(columns: readonly Column[], now: readonly Row[], kept: readonly Row[]): Differences {
  const keys = identity(columns, [now, kept]);
  const numbers = columns.map((column) => column.name).filter((name) => !keys.includes(name));
  const other = new Map(kept.map((row) => [said(row, keys), row]));
  const rows: Difference[] = [];
  for (const row of now) {
    const match = other.get(said(row, keys));
    if (!match) continue;
    const values = numbers.flatMap((column) => {
      const [a, b] = [row[column], match[column]];
      return typeof a === "number" && typeof b === "number" ? [{ column, now: a, kept: b, difference: a - b }] : [];
    });
    rows.push({ row, values });
  }
  const moved = new Set(rows.flatMap((row) => row.values.filter((value) => value.difference !== 0).map((value) => value.column)));
  const still = columns.filter((column) => column.key && !keys.includes(column.name) && !moved.has(column.name)).map((column) => column.name);
  const shown = rows.map((row) => ({ ...row, values: row.values.filter((value) => !still.includes(value.column)) }));
  return { keys: columns.map((column) => column.name).filter((name) => keys.includes(name) || still.includes(name)), rows: shown, onlyNow: now.length - rows.length, onlyKept: kept.length - rows.length };
}

export interface Asked { name: string; scope: Readonly<Record<string, unknown>>; params: Readonly<Record<string, unknown>> }

function shell(text: string): string {
  return /^[\w.:+\-,/=]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function listed(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The same question on the command line. */
export function commandOf({ name, scope, params }: Asked): string {
  const words = Object.entries({ ...scope, ...params }).flatMap(([key, value]) => listed(value).map((one) => `-p ${shell(`${key}=${one}`)}`));
  return ["vigie analyse", name, ...words].join(" ");
}

const PYTHON_NAMES: Record<string, string> = { from: "start", to: "end" };

function python(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  return typeof value === "number" ? String(value) : JSON.stringify(String(value));
}

/** The same question in Python. */
export function pythonOf({ name, scope, params }: Asked): string {
  const words = Object.entries({ ...scope, ...params }).map(([key, value]) => `${PYTHON_NAMES[key] ?? key}=${python(value)}`);
  return `vigie.open("home").analyse(${[JSON.stringify(name), ...words].join(", ")})`;
}

/** The same question to the interface. */
export function requestOf({ name, scope, params }: Asked): string {
  const query = new URLSearchParams(Object.entries(scope).flatMap(([key, value]) => listed(value).map((one): [string, string] => [key, one]))).toString();
  return `POST /api/analyses/${name}?${query}\n${JSON.stringify({ params })}`;
}

/** Charts one below the other are drawn one by one, each as wide as the panel. */
export function chartsOf(spec: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(spec["vconcat"]) ? (spec["vconcat"] as Record<string, unknown>[]) : [spec];
}

/** Whether any row passes the filter a chart of one part begins with; a chart without rows is not drawn. */
export function hasRows(spec: Record<string, unknown>, rows: readonly Row[]): boolean {
  const first = Array.isArray(spec["transform"]) ? (spec["transform"][0] as { filter?: unknown } | undefined)?.filter : undefined;
  const part = typeof first === "string" ? /^datum\.(\w+) == '(\w+)'$/.exec(first) : null;
  return part ? rows.some((row) => row[part[1] ?? ""] === part[2]) : rows.length > 0;
}
