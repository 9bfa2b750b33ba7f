import { describe, expect, it } from "vitest";
import { latLngToCell } from "h3-js";
import { behindRow, colourColumns, frameColumn, geometryOf, handleOf, hatch, hatches, isSpatial, keyedRow, scaleOf, shapesOf } from "@/lib/answerMap";

const CELL = latLngToCell(43.3, 5.38, 9);
const SQUARE = { type: "Polygon" as const, coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]] };
const NO_ZONES = new Map<string, typeof SQUARE>();

describe("where a row is", () => {
  it("is a closed hexagon for a cell, and nothing for what is no cell", () => {
    const found = geometryOf({ cell: CELL }, "cell", NO_ZONES);
    const ring = found?.type === "Polygon" ? found.coordinates[0] ?? [] : [];
    expect(ring).toHaveLength(7);
    expect(ring[0]).toEqual(ring[6]);
    expect(geometryOf({ cell: "not a cell" }, "cell", NO_ZONES)).toBeNull();
    expect(geometryOf({ cell: null }, "cell", NO_ZONES)).toBeNull();
  });

  it("is the circle a row tells, of its radius in metres", () => {
    const found = geometryOf({ cell: CELL, lon: 5, lat: 0, radius_m: 111_195 }, "cell", NO_ZONES);
    const ring = found?.type === "Polygon" ? found.coordinates[0] ?? [] : [];
    expect(Math.max(...ring.map((point) => point[1] ?? 0))).toBeCloseTo(1, 3);
    expect(geometryOf({ cell: CELL, lon: 5, lat: 0, radius_m: 0 }, "cell", NO_ZONES)).toEqual(geometryOf({ cell: CELL }, "cell", NO_ZONES));
  });

  it("is a zone's shape, or a point", () => {
    expect(geometryOf({ zone: "1" }, "zone", new Map([["1", SQUARE]]))).toBe(SQUARE);
    expect(geometryOf({ zone: "2" }, "zone", new Map([["1", SQUARE]]))).toBeNull();
    expect(geometryOf({ lon: 5, lat: 43 }, null, NO_ZONES)).toEqual({ type: "Point", coordinates: [5, 43] });
    expect(isSpatial(null, [{ name: "lon" }, { name: "lat" }])).toBe(true);
    expect(isSpatial(null, [{ name: "day" }])).toBe(false);
  });

  it("is chosen by its place, else by its day; where rows have parts, by no day", () => {
    const keys = (...names: string[]) => names.map((name) => ({ name, key: true }));
    expect(handleOf(keys("cell", "day"), "cell")).toBe("cell");
    expect(handleOf(keys("street", "course"), "course")).toBe("street");
    expect(handleOf(keys("day"), null)).toBe("day");
    expect(handleOf(keys("first_day", "last_day"), null)).toBe("first_day");
    expect(handleOf(keys("part", "day"), null)).toBeNull();
    expect(handleOf(keys("from_m"), null)).toBeNull();
  });

  it("leads to the facts of its place, its days and the circle of a cluster", () => {
    const keys = (...names: string[]) => names.map((name) => ({ name, key: true }));
    expect(behindRow({ cell: CELL, radius_m: 350, from_day: "2026-03-01", to_day: "2026-03-03" }, "cell", keys("cell", "from_day", "to_day"))).toEqual({ place: CELL, radius_m: 350, day: "2026-03-01", until: "2026-03-03" });
    expect(behindRow({ course: "LINESTRING (5 43, 5.1 43)", street: "Rue A" }, "course", keys("street", "course"))).toEqual({ place: "LINESTRING (5 43, 5.1 43)" });
    expect(behindRow({ day: "2026-03-01", facts: 3 }, null, keys("day"))).toEqual({ day: "2026-03-01" });
    expect(behindRow({ part: "after", zone: "1", day: "2026-03-01" }, "zone", keys("part", "zone", "day"))).toEqual({ place: "1" });
  });

  it("leads by its keys where its analysis says so", () => {
    const keys = ["from_m", "to_m"].map((name) => ({ name, key: true }));
    expect(handleOf(keys, null, true)).toBe("from_m");
    expect(keyedRow({ from_m: 0, to_m: 100, pairs: 3 }, [...keys, { name: "pairs", key: false }], { step_m: 100 })).toEqual({ row: '{"from_m":0,"to_m":100}', params: '{"step_m":100}' });
    expect(keyedRow({ part: "effect", zone: null }, [{ name: "part", key: true }, { name: "zone", key: true }], {})).toEqual({ row: '{"part":"effect"}', params: "{}" });
  });

  it("keeps the number of the row through what is left out", () => {
    const rows = [{ cell: null }, { cell: CELL, withheld: true }];
    expect(shapesOf(rows, "cell", NO_ZONES)).toMatchObject([{ row: 1, withheld: true }]);
  });
});

describe("frames", () => {
  const columns = [{ name: "cell", key: true }, { name: "day", key: true }, { name: "density", key: false }];
  it("are the days where one place has several rows, and none otherwise", () => {
    expect(frameColumn([{ cell: "a", day: "1" }, { cell: "a", day: "2" }], "cell", columns)).toBe("day");
    expect(frameColumn([{ cell: "a", day: "1" }, { cell: "b", day: "2" }], "cell", columns)).toBeNull();
  });

  it("leave what a row is about out of the colours", () => {
    expect(colourColumns(columns, [{ cell: "a", day: "1", density: 2 }], "cell").map((column) => column.name)).toEqual(["density"]);
  });
});

describe("scale", () => {
  it("grows with the number, turns with the theme, and shows nothing for what is withheld", () => {
    const light = scaleOf([0, 0.5, 40], false);
    expect(light.colour(null)).toBeNull();
    expect(light.classes.map((one) => one.from)).toEqual([0.5, 1, 2, 5, 10, 20]);
    const sum = (colour: readonly number[] | null): number => (colour ?? []).slice(0, 3).reduce((a, b) => a + b, 0);
    expect(sum(light.colour(40))).toBeLessThan(sum(light.colour(1)));
    const dark = scaleOf([0, 0.5, 40], true);
    expect(sum(dark.colour(40))).toBeGreaterThan(sum(dark.colour(1)));
  });

  it("has two sides where numbers may be negative, and middle for nearly nothing", () => {
    const found = scaleOf([-3, 2], false);
    expect(found.colour(0)?.slice(0, 3)).toEqual([200, 200, 200]);
    expect(found.colour(-3)).not.toEqual(found.colour(3));
  });

  it("colours what is worse like what is hot, what is better like what is cold", () => {
    const felt = scaleOf(["worse", "better", "alike"], false);
    const usual = scaleOf(["hot", "cold", "none"], false);
    expect(["worse", "better", "alike"].map(felt.colour)).toEqual(["hot", "cold", "none"].map(usual.colour));
  });

  it("tells hot from cold by hue and what stands out from what does not", () => {
    const found = scaleOf(["hot", "cold", "none"], false);
    const [hot, cold, none] = ["hot", "cold", "none"].map((word) => found.colour(word) ?? [0, 0, 0, 0]);
    expect((hot?.[0] ?? 0) - (hot?.[2] ?? 0)).toBeGreaterThan(100);
    expect((cold?.[2] ?? 0) - (cold?.[0] ?? 0)).toBeGreaterThan(100);
    expect(none?.[3]).toBeLessThan(100);
  });
});

describe("hatching", () => {
  it("stays inside the shape and is evenly spaced", () => {
    const strokes = hatch(SQUARE, 0.25);
    expect(strokes.length).toBe(8);
    for (const [a, b] of strokes) {
      expect((a[0] ?? 0) - (a[1] ?? 0)).toBeCloseTo((b[0] ?? 0) - (b[1] ?? 0), 9);
      for (const value of [...a, ...b]) {
        expect(value).toBeGreaterThanOrEqual(-1e-9);
        expect(value).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  });

  it("leaves a hole free", () => {
    const holed = { type: "Polygon" as const, coordinates: [...SQUARE.coordinates, [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]] };
    const through = hatch(holed, 0.3).filter(([a]) => Math.abs((a[0] ?? 0) - (a[1] ?? 0)) < 0.2);
    expect(through).toHaveLength(4);
  });

  it("covers what is withheld only", () => {
    expect(hatches([{ row: 0, geometry: SQUARE, withheld: false }])).toEqual([]);
    expect(hatches([{ row: 0, geometry: SQUARE, withheld: true }]).length).toBeGreaterThan(2);
  });
});

it("what is like the rest, what is too little and what is not known are three colours on the map", () => {
  const scale = scaleOf(["alike", "tiny", "missing", "above"], false);
  const colours = scale.classes.map((one) => one.colour.join());
  expect(new Set(colours).size).toBe(4);
  expect(scale.colour("missing")?.slice(0, 3)).not.toEqual(scale.colour("alike")?.slice(0, 3));
});
