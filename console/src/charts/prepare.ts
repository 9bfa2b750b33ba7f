/** From the server's chart, which has no data and names columns, to one that can be drawn; pure. */

type Json = Record<string, unknown>;

export interface ChartColumn { name: string; title: string; unit: string }

function channel(value: unknown, titles: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((one) => channel(one, titles));
  if (typeof value !== "object" || value === null) return value;
  const own = value as Json;
  const field = own["field"];
  if (typeof field !== "string" || "title" in own) return own;
  const title = titles.get(field);
  return title === undefined ? own : { ...own, title };
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

function withTitles(spec: Json, titles: ReadonlyMap<string, string>): Json {
  const next: Json = { ...spec };
  if (typeof spec["encoding"] === "object" && spec["encoding"] !== null) {
    next["encoding"] = Object.fromEntries(Object.entries(spec["encoding"] as Json).map(([name, value]) => [name, channel(value, titles)]));
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

/** Data put in, axes named in the reader's language, size set, tooltips on. */
export function prepareChart(spec: Json, rows: readonly Json[], columns: readonly ChartColumn[], height = 240): Json {
  const titles = new Map(columns.map((column) => [column.name, column.unit ? `${column.title} (${column.unit})` : column.title]));
  const mark = typeof spec["mark"] === "string" ? { type: spec["mark"], tooltip: true } : spec["mark"];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container",
    height: heightOf(spec, height),
    ...withTitles(spec, titles),
    ...(mark === undefined ? {} : { mark }),
    data: { values: rows },
  };
}
