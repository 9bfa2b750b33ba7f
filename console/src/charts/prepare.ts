/** From the server's chart, which has no data and names columns, to one that can be drawn; pure. */

type Json = Record<string, unknown>;

export interface ChartColumn {
  name: string;
  title: string;
  unit: string;
  /** Its words in their order, where its codes are told in words. */
  order?: readonly string[];
  /** Their colours, where they have some. */
  colours?: readonly string[] | undefined;
}

interface Named { title: string; order: readonly string[]; colours?: readonly string[] | undefined }

const DISCRETE = new Set(["nominal", "ordinal"]);

function channel(value: unknown, titles: ReadonlyMap<string, Named>, name: string): unknown {
  if (Array.isArray(value)) return value.map((one) => channel(one, titles, name));
  if (typeof value !== "object" || value === null) return value;
  const own = value as Json;
  const field = own["field"];
  const named = typeof field === "string" ? titles.get(field) : undefined;
  if (own["aggregate"] === "count" && !("title" in own) && titles.has("")) return { ...own, title: titles.get("")?.title };
  if (!named) return own;
  const sorted = named.order.length > 0 && DISCRETE.has(String(own["type"])) && !("sort" in own) ? { sort: named.order } : {};
  const coloured = name === "color" && named.colours && !("scale" in own) ? { scale: { domain: named.order, range: named.colours } } : {};
  return { ...("title" in own ? {} : { title: named.title }), ...own, ...sorted, ...coloured };
}

/** Layers share one axis: give all of them the shortest of its titles, or they would be strung together. */
function oneTitle(layers: Json[]): Json[] {
  const titles = layers.map((layer) => ((layer["encoding"] as Record<string, Json> | undefined)?.["y"]?.["title"])).filter((title): title is string => typeof title === "string");
  const [shortest] = [...titles].sort((a, b) => a.length - b.length);
  if (shortest === undefined) return layers;
  return layers.map((layer) => {
    const encoding = layer["encoding"] as Record<string, Json> | undefined;
    if (!encoding?.["y"]) return layer;
    const named = Object.fromEntries(Object.entries(encoding).map(([name, value]) => [name, name === "y" || name === "y2" ? { ...value, title: shortest } : value]));
    return { ...layer, encoding: named };
  });
}

function withTitles(spec: Json, titles: ReadonlyMap<string, Named>): Json {
  const next: Json = { ...spec };
  if (typeof spec["encoding"] === "object" && spec["encoding"] !== null) {
    next["encoding"] = Object.fromEntries(Object.entries(spec["encoding"] as Json).map(([name, value]) => [name, channel(value, titles, name)]));
  }
  for (const part of ["layer", "hconcat", "vconcat", "concat"]) {
    if (Array.isArray(spec[part])) next[part] = (spec[part] as Json[]).map((one) => withTitles(one, titles));
  }
  if (Array.isArray(next["layer"])) next["layer"] = oneTitle(next["layer"] as Json[]);
  if (typeof spec["spec"] === "object" && spec["spec"] !== null) next["spec"] = withTitles(spec["spec"] as Json, titles);
  return next;
}

/** Categories down the side need room each; other charts take the given height. */
function heightOf(spec: Json, height: number): unknown {
  const encoding = spec["encoding"] as Record<string, Json> | undefined;
  const type = encoding?.["y"]?.["type"];
  return type === "nominal" || type === "ordinal" ? { step: 17 } : height;
}

/** Name of the column that holds the number of a row: a click on a mark tells it, the chosen row is found by it. */
export const ROW = "__row";

function plainField(value: unknown): Json | null {
  if (typeof value !== "object" || value === null) return null;
  const { field, type, aggregate, sort } = value as Json;
  if (typeof field !== "string" || aggregate !== undefined) return null;
  return { field, ...(type === undefined ? {} : { type }), ...(sort === undefined ? {} : { sort }) };
}

/** A rule through the chosen row's place on the axis that is not a count; a chart of other columns stays as it is. */
export function withChosen(spec: Json, chosen: number | null): Json {
  if (chosen === null || ["facet", "hconcat", "concat", "spec"].some((part) => part in spec)) return spec;
  const layers = Array.isArray(spec["layer"]) ? (spec["layer"] as Json[]) : [spec];
  const own = spec["encoding"] as Json | undefined;
  const first = (layers[0]?.["encoding"] ?? own) as Json | undefined;
  if (!first || "column" in first || "row" in first) return spec;
  const [x, y] = [plainField({ ...(own?.["x"] as Json | undefined), ...(first["x"] as Json | undefined) }), plainField({ ...(own?.["y"] as Json | undefined), ...(first["y"] as Json | undefined) })];
  const side = y && (y["type"] === "nominal" || y["type"] === "ordinal") ? { y } : x ? { x } : y ? { y } : null;
  if (!side) return spec;
  const rule: Json = { transform: [{ filter: `datum.${ROW} === ${chosen}` }], mark: { type: "rule", strokeWidth: 3, strokeDash: [2, 2], opacity: 1 }, encoding: side };
  if (Array.isArray(spec["layer"])) return { ...spec, layer: [...layers, rule] };
  const { mark, encoding, ...rest } = spec;
  return { ...rest, layer: [{ mark, encoding }, rule] };
}

/** Data put in, axes named in the reader's language, size set, tooltips on; `chosen` is the number of a row. */
export function prepareChart(spec: Json, rows: readonly Json[], columns: readonly ChartColumn[], chosen: number | null = null, height = 240): Json {
  const titles = new Map(columns.map((column): [string, Named] => [column.name, { title: column.unit ? `${column.title} (${column.unit})` : column.title, order: column.order ?? [], colours: column.colours }]));
  const mark = typeof spec["mark"] === "string" ? { type: spec["mark"], tooltip: true } : spec["mark"];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container",
    height: heightOf(spec, height),
    ...withChosen({ ...withTitles(spec, titles), ...(mark === undefined ? {} : { mark }) }, chosen),
    data: { values: rows.map((row, number) => ({ ...row, [ROW]: number })) },
  };
}
