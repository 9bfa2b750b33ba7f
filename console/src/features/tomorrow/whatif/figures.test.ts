import { describe, expect, it } from "vitest";
import { directionOf, groupOf, grouped, isCertain, numberText, signedText, unitOf } from "@/features/tomorrow/whatif/figures";
import type { Ranged, WhatIfFigure } from "@/api/whatif";

const ranged = (low: number, likely: number, high: number, method = "effects"): Ranged => ({ low, likely, high, method, base: 12, basis: [], pool: "", small: false });
const figure = (code: string): WhatIfFigure => ({ code, before: null, after: null, change: null });

describe("figures of a what-if", () => {
  it("stand in their group, and those for nobody's eyes in none", () => {
    expect(groupOf("facts.kind.offence.person.brawl")).toBe("facts");
    expect(groupOf("agents.needed")).toBe("means");
    expect(groupOf("diversions.rule")).toBeNull();
    expect(grouped([figure("facts.total"), figure("agents.needed"), figure("diversions.rule")]).map((one) => one.group)).toEqual(["means", "facts"]);
  });

  it("are clearly more or less only when the whole interval is", () => {
    expect(directionOf(ranged(1, 3, 5))).toBe("more");
    expect(directionOf(ranged(-5, -3, -1))).toBe("less");
    expect(directionOf(ranged(-1, 3, 5))).toBe("same");
    expect(directionOf(ranged(0, 0, 0))).toBe("same");
    expect(directionOf(ranged(4, 4, 4, "rule"))).toBe("more");
    expect(directionOf(null)).toBe("same");
  });

  it("are certain only when a rule gives them, not when draws agree by chance", () => {
    expect(isCertain(ranged(4, 4, 4, "grid"))).toBe(true);
    expect(isCertain(ranged(4, 4, 4))).toBe(false);
  });

  it("are written with as many digits as they are known to", () => {
    expect(numberText(3.72, "fr")).toBe("3,7");
    expect(numberText(53_747, "en")).toBe("53,747");
    expect(signedText(-2, "fr")).toBe("−2");
    expect(signedText(0, "fr")).toBe("0");
    expect(signedText(2.5, "en")).toBe("+2.5");
    expect([unitOf("egress.minutes"), unitOf("transit.load"), unitOf("crowd.density"), unitOf("facts.total")]).toEqual(["min", "%", "p/m²", ""]);
  });
});
