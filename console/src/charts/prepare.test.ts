import { describe, expect, it } from "vitest";
import { prepareChart, ROW, withChosen } from "@/charts/prepare";

const BAR = { mark: "bar", encoding: { y: { field: "label", type: "nominal", sort: null }, x: { field: "facts", type: "quantitative" } } };
const HISTOGRAM = { mark: "bar", encoding: { x: { field: "z", type: "quantitative", bin: { step: 0.5 } }, y: { aggregate: "count", type: "quantitative" } } };

describe("the chosen row in a chart", () => {
  it("is a rule at its name, in the order of the chart", () => {
    const { layer } = withChosen(BAR, 3) as { layer: Record<string, unknown>[] };
    expect(layer).toHaveLength(2);
    expect(layer[1]).toMatchObject({ transform: [{ filter: `datum.${ROW} === 3` }], encoding: { y: { field: "label", type: "nominal", sort: null } } });
  });

  it("is a rule at its value where counts stand up", () => {
    const { layer } = withChosen(HISTOGRAM, 0) as { layer: Record<string, unknown>[] };
    expect(layer[1]?.["encoding"]).toEqual({ x: { field: "z", type: "quantitative" } });
  });

  it("leaves a chart alone without one, or where none can be found", () => {
    expect(withChosen(BAR, null)).toBe(BAR);
    const counted = { mark: "bar", encoding: { x: { aggregate: "count" } } };
    expect(withChosen(counted, 2)).toBe(counted);
  });
});

describe("prepareChart", () => {
  it("numbers the rows and sorts words as their codes", () => {
    const found = prepareChart({ mark: "bar", encoding: { y: { field: "day", type: "ordinal" } } }, [{ day: "Mardi" }], [{ name: "day", title: "Jour", unit: "", order: ["Lundi", "Mardi"] }]);
    expect(found["data"]).toEqual({ values: [{ day: "Mardi", [ROW]: 0 }] });
    expect(found["encoding"]).toMatchObject({ y: { title: "Jour", sort: ["Lundi", "Mardi"] } });
  });
});
