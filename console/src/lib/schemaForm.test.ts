// @vitest-environment node
import { describe, expect, it } from "vitest";
import { fieldFault, formFields, formParams, type SchemaLike } from "@/lib/schemaForm";

const schema: SchemaLike = {
  type: "object",
  required: ["zoning", "top"],
  properties: {
    zoning: { type: "string", default: "arrondissement", title: "Découpage / Zoning" },
    top: { type: "integer", minimum: 1, maximum: 50 },
    share: { type: "number", exclusiveMinimum: 0, default: 0.5 },
    order: { enum: ["facts", "density"], type: "string", default: "facts" },
    unit: { $ref: "#/$defs/Unit" },
    on: { anyOf: [{ type: "string", format: "date" }, { type: "null" }], default: null },
    at: { type: ["string", "null"], format: "date-time" },
    kinds: { type: "array", items: { type: "string" }, default: ["a", "b"] },
    exact: { type: "boolean", default: false },
    only: { oneOf: [{ const: "x" }, { const: "y" }] },
  },
  $defs: { Unit: { enum: ["km", "m"], type: "string", title: "Unit" } },
};

describe("formFields", () => {
  const fields = formFields(schema);
  const field = (name: string) => {
    const found = fields.find((one) => one.name === name);
    if (!found) throw new Error(name);
    return found;
  };

  it("chooses a control per type, through references and nullable unions", () => {
    expect(Object.fromEntries(fields.map((one) => [one.name, one.control]))).toEqual({
      zoning: "text", top: "integer", share: "number", order: "choice", unit: "choice", on: "date", at: "instant", kinds: "list", exact: "boolean", only: "choice",
    });
    expect(field("unit").choices).toEqual(["km", "m"]);
    expect(field("only").choices).toEqual(["x", "y"]);
    expect(field("on").nullable).toBe(true);
    expect(field("top").required).toBe(true);
  });

  it("refuses what the server would refuse, and says why", () => {
    expect(fieldFault(field("top"), "")).toBe("required");
    expect(fieldFault(field("top"), "x")).toBe("number");
    expect(fieldFault(field("top"), "1.5")).toBe("number");
    expect(fieldFault(field("top"), "0")).toBe("low");
    expect(fieldFault(field("top"), "51")).toBe("high");
    expect(fieldFault(field("top"), "50")).toBeNull();
    expect(fieldFault(field("on"), "")).toBeNull();
  });

  it("sends typed values and leaves out what is empty", () => {
    expect(formParams(fields, { top: "7", share: "0,25", kinds: "a; b", exact: "true" })).toEqual({
      zoning: "arrondissement", top: 7, share: 0.25, order: "facts", kinds: ["a", "b"], exact: true,
    });
  });
});
