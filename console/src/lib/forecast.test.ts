import { describe, expect, it } from "vitest";
import { expectedClass, expectedClasses, expectedColour, expectedText, factorText, highest, unreliable } from "@/lib/forecast";

describe("classes of expected counts", () => {
  it("are round numbers up to the greatest, at most six", () => {
    expect(expectedClasses(1.3)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect(expectedClasses(0.001)).toEqual([0.01]);
    expect(expectedClasses(7)).toHaveLength(6);
  });

  it("tell nearly nothing apart from the least", () => {
    const bounds = expectedClasses(1);
    expect(expectedClass(0.001, bounds)).toBe(-1);
    expect(expectedClass(1, bounds)).toBe(bounds.length - 1);
    expect(expectedClass(99, bounds)).toBe(bounds.length - 1);
  });

  it("are darker for more on a light ground and brighter on a dark one", () => {
    const light = (i: number, dark: boolean): number => expectedColour(i, 6, dark).reduce((a, b) => a + b, 0);
    expect(light(5, false)).toBeLessThan(light(0, false));
    expect(light(5, true)).toBeGreaterThan(light(0, true));
  });
});

describe("numbers expected", () => {
  it("have the digits they deserve", () => {
    expect(expectedText(12.34, "en")).toBe("12");
    expect(expectedText(1.26, "en")).toBe("1.3");
    expect(expectedText(0.126, "fr")).toBe("0,13");
    expect(expectedText(0.001, "fr")).toBe("< 0,01");
    expect(factorText(1.2, "en")).toBe("+20%");
    expect(factorText(0.9, "en")).toBe("-10%");
  });

  it("rank places, the same way each time", () => {
    const place = (cell: string, value: number) => ({ cell, small: false, grey: false, expected: [value] });
    const ranked = highest([place("b", 1), place("c", 2), place("a", 1)], 0, 2);
    expect(ranked.map((one) => one.cell)).toEqual(["c", "a"]);
    expect(unreliable({ small: false, grey: true })).toBe(true);
    expect(unreliable({ small: false, grey: false })).toBe(false);
  });
});
