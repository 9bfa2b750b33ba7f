/** From the JSON Schema of an analysis to the fields of a form, and back to parameters; pure. */

export interface SchemaLike {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  /** What the choices mean, French and English. */
  words?: Record<string, [string, string]>;
  const?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, SchemaLike>;
  required?: string[];
  items?: SchemaLike;
  anyOf?: SchemaLike[];
  oneOf?: SchemaLike[];
  allOf?: SchemaLike[];
  $ref?: string;
  $defs?: Record<string, SchemaLike>;
}

export type Control = "text" | "number" | "integer" | "boolean" | "choice" | "date" | "instant" | "list";

export interface FormField {
  name: string;
  control: Control;
  title: string;
  description: string | null;
  required: boolean;
  nullable: boolean;
  initial: string;
  choices: string[];
  words: Record<string, [string, string]>;
  min: number | null;
  max: number | null;
}

function without(schema: SchemaLike, ...names: (keyof SchemaLike)[]): SchemaLike {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name as keyof SchemaLike)));
}

function resolve(schema: SchemaLike, root: SchemaLike): SchemaLike {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (!ref) return schema;
  const own = without(schema, "$ref", "allOf");
  const target = ref.split("/").slice(1).reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], root);
  return { ...(target as SchemaLike | undefined), ...own };
}

/** Strip "or null" and remember it. */
function concrete(schema: SchemaLike, root: SchemaLike): { schema: SchemaLike; nullable: boolean } {
  const known = resolve(schema, root);
  const options = known.anyOf ?? known.oneOf;
  if (options) {
    const some = options.map((option) => resolve(option, root)).filter((option) => option.type !== "null");
    const nullable = some.length < options.length;
    const own = without(known, "anyOf", "oneOf");
    if (some.length > 1 && some.every((option) => option.const !== undefined)) {
      return { schema: { type: "string", ...own, enum: some.map((option) => option.const) }, nullable };
    }
    return { schema: { ...some[0], ...own }, nullable };
  }
  if (Array.isArray(known.type)) {
    const { type, ...rest } = known;
    const first = type.find((name) => name !== "null");
    return { schema: first === undefined ? rest : { ...rest, type: first }, nullable: type.includes("null") };
  }
  return { schema: known, nullable: false };
}

function controlOf(schema: SchemaLike): Control {
  if (schema.enum) return "choice";
  if (schema.type === "array") return "list";
  if (schema.type === "boolean" || schema.type === "integer" || schema.type === "number") return schema.type;
  if (schema.format === "date") return "date";
  if (schema.format === "date-time") return "instant";
  return "text";
}

function initialOf(schema: SchemaLike): string {
  const value = schema.default;
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.join(", ");
  return String(value);
}

/** The fields of an object schema, in its order. */
export function formFields(root: SchemaLike): FormField[] {
  return Object.entries(root.properties ?? {}).map(([name, property]) => {
    const { schema, nullable } = concrete(property, root);
    return {
      name,
      control: controlOf(schema),
      title: schema.title ?? name,
      description: schema.description ?? null,
      required: (root.required ?? []).includes(name) && !nullable,
      nullable,
      initial: initialOf(schema),
      choices: (schema.enum ?? []).filter((value) => value !== null).map(String),
      words: schema.words ?? {},
      min: schema.minimum ?? schema.exclusiveMinimum ?? null,
      max: schema.maximum ?? schema.exclusiveMaximum ?? null,
    };
  });
}

/** What a person typed as the value the server expects; undefined when left empty. */
export function fieldValue(field: FormField, text: string): unknown {
  const trimmed = text.trim();
  if (field.control === "boolean") return trimmed === "true";
  if (trimmed === "") return undefined;
  switch (field.control) {
    case "integer":
    case "number":
      return Number(trimmed.replace(",", "."));
    case "list":
      return trimmed.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean);
    default:
      return trimmed;
  }
}

/** Why a text cannot be sent, as a key of the texts; null when it can. */
export function fieldFault(field: FormField, text: string): "required" | "number" | "low" | "high" | null {
  const value = fieldValue(field, text);
  if (value === undefined) return field.required ? "required" : null;
  if (field.control === "integer" || field.control === "number") {
    const number = value as number;
    if (!Number.isFinite(number) || (field.control === "integer" && !Number.isInteger(number))) return "number";
    if (field.min !== null && number < field.min) return "low";
    if (field.max !== null && number > field.max) return "high";
  }
  return null;
}

/** All parameters of a form; what was left empty is not sent. */
export function formParams(fields: readonly FormField[], texts: Record<string, string>): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const field of fields) {
    const value = fieldValue(field, texts[field.name] ?? field.initial);
    if (value !== undefined) params[field.name] = value;
  }
  return params;
}
