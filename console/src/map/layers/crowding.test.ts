import { describe, expect, it } from "vitest";
import { crowdFill } from "@/map/layers/crowding";
import { CROWD_CLASSES, crowdClass } from "@/lib/crowding";
import type { CrowdCell } from "@/api/crowding";

const cell = (ratio: number | null): CrowdCell => ({
  cell: "883969a4d1fffff", lon: 5.37, lat: 43.3, name: { fr: "Port", en: "Port" }, people: 100, low: 80, high: 120, usual: 90, ratio, state: "usual", base: [],
});

describe("the classes of a crowd", () => {
  it("begin at their bound and end in the last", () => {
    expect([null, 0.5, 1.09, 1.1, 1.3, 1.5, 1.99, 2, 40].map(crowdClass)).toEqual([null, 0, 0, 1, 2, 3, 3, 4, 4]);
    expect(crowdClass(40)).toBe(CROWD_CLASSES - 1);
  });

  it("have colours of their own in either theme", () => {
    for (const dark of [false, true]) {
      const fills = [null, 1, 1.2, 1.4, 1.7, 3].map((ratio) => crowdFill(cell(ratio), dark).join());
      expect(new Set(fills).size).toBe(fills.length);
    }
  });
});
