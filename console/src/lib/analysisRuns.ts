/** A run of an analysis in the address bar, the difference of two runs, and how it is asked elsewhere; pure. */

export type Params = Record<string, string>;
type Row = Record<string, unknown>;

const PREFIX = "p.";

/** The parameters that stand in the address, by name. */
export function paramsOf(extra: Readonly<Record<string, string>>): Params {
  return Object.fromEntries(Object.entries(extra).filter(([name]) => name.startsWith(PREFIX)).map(([name, value]) => [name.slice(PREFIX.length), value]));
}

/** What to write into the address so that it holds just these parameters. */
export function paramsChange(extra: Readonly<Record<string, string>>, params: Params): Record<string, string | null> {
  const gone = Object.keys(extra).filter((name) => name.startsWith(PREFIX)).map((name) => [name, null] as const);
  return { ...Object.fromEntries(gone), ...Object.fromEntries(Object.entries(params).map(([name, value]) => [PREFIX + name, value])) };
}

/** A run kept for comparison, as one text of the address: its window and its parameters. */
export function keptText(window: { from: string; to: string }, params: Params): string {
  return new URLSearchParams({ from: window.from, to: window.to, ...Object.fromEntries(Object.entries(params).map(([name, value]) => [PREFIX + name, value])) }).toString();
}

export function keptRun(text: string | undefined): { from: string; to: string; params: Params } | null {
  if (!text) return null;
  const all = Object.fromEntries(new URLSearchParams(text));
  const { from, to } = all;
  if (from === undefined || to === undefined || Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return null;
  return { from, to, params: paramsOf(all) };
}

export interface Difference { key: string[]; values: { column: string; now: number; kept: number; difference: number }[] }

/** Rows that both runs have, by their key columns, with the difference of every number; the rest is counted. */
export function differences(columns: readonly { name: string; key: boolean }[], now: readonly Row[], kept: readonly Row[]): { rows: Difference[]; onlyNow: number; onlyKept: number } {
  const keys = columns.filter((column) => column.key).map((column) => column.name);
  const numbers = columns.filter((column) => !column.key).map((column) => column.name);
  const said = (row: Row): string[] => keys.map((name) => (typeof row[name] === "string" || typeof row[name] === "number" ? String(row[name]) : ""));
  const other = new Map(kept.map((row) => [JSON.stringify(said(row)), row]));
  const rows: Difference[] = [];
  for (const row of now) {
    const match = other.get(JSON.stringify(said(row)));
    if (!match) continue;
    const values = numbers.flatMap((column) => {
      const [a, b] = [row[column], match[column]];
      return typeof a === "number" && typeof b === "number" ? [{ column, now: a, kept: b, difference: a - b }] : [];
    });
    rows.push({ key: said(row), values });
  }
  return { rows, onlyNow: now.length - rows.length, onlyKept: kept.length - rows.length };
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
