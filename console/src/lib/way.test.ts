import { describe, expect, it } from "vitest";
import { comesFrom, dashes, lengthOf, streetLine, type WayLeg } from "@/lib/way";

const leg = (guessed: boolean, ...line: [number, number][]): WayLeg => ({ guessed, line });

describe("the way of a means", () => {
  it("is as long as its course", () => {
    expect(lengthOf(leg(false, [5, 43], [5, 43.01], [5, 43.02]))).toBeCloseTo(2223.9, 0);
    expect(lengthOf(leg(true, [5, 43]))).toBe(0);
  });

  it("is dashed where it is guessed: from end to end, half of it drawn", () => {
    const line: [number, number][] = [[5, 43], [5, 43.01]];
    const { coordinates } = dashes(line);
    expect(coordinates[0]?.[0]).toEqual([5, 43]);
    expect(coordinates.at(-1)?.[1]?.[1]).toBeCloseTo(43.01, 9);
    const drawn = coordinates.reduce((sum, [a, b]) => sum + lengthOf(leg(true, [a?.[0] ?? 0, a?.[1] ?? 0], [b?.[0] ?? 0, b?.[1] ?? 0])), 0);
    expect(drawn / lengthOf(leg(true, ...line))).toBeCloseTo(0.5, 1);
    expect(dashes([[5, 43], [5, 43.00001]]).coordinates).toHaveLength(1);
    expect(streetLine(leg(false, ...line)).coordinates).toEqual(line);
  });

  it("comes from one of eight winds", () => {
    expect(comesFrom([leg(true, [5, 43.1], [5.02, 43.05]), leg(false, [5.02, 43.05], [5, 43])])).toBe("n");
    expect(comesFrom([leg(false, [5.1, 43], [5, 43])])).toBe("e");
    expect(comesFrom([leg(false, [4.95, 42.96], [5, 43])])).toBe("sw");
    expect(comesFrom([leg(false, [4.9, 43], [5, 43])])).toBe("w");
    expect(comesFrom([])).toBeNull();
    expect(comesFrom([leg(true, [5, 43], [5, 43])])).toBeNull();
  });
});
