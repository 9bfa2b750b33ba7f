// @vitest-environment node
import { describe, expect, it } from "vitest";
import { weeks } from "@/lib/agenda";
import { distanceM, geometryBox, snapBox, type Box } from "@/lib/bbox";
import { bilingual } from "@/lib/bilingual";
import { barsPath, moveGrip, SHORTEST, snapRange, spanOf, stepOf, ticks } from "@/lib/brush";
import { classOf, countClasses, ramp, severityColour, severityShape, VIRIDIS } from "@/lib/colour";
import { compare } from "@/lib/compare";
import { bytesText, changeText, figureText, shortCount } from "@/lib/numbers";
import { deskZoom } from "@/lib/scale";
import { Taxonomy, toggleKind, within } from "@/lib/taxonomy";
import { DAY, dayStart, HOUR, localDay } from "@/lib/time";
import { weekHours } from "@/lib/weekHours";

describe("brush", () => {
  const domain = { from: 0, to: 10 * DAY };

  it("never leaves the domain nor becomes shorter than the shortest", () => {
    for (const grip of ["from", "to", "window"] as const) {
      for (const delta of [-100 * DAY, -HOUR, HOUR, 100 * DAY]) {
        const next = moveGrip({ from: 2 * DAY, to: 3 * DAY }, grip, delta, domain);
        expect(next.from).toBeGreaterThanOrEqual(domain.from);
        expect(next.to).toBeLessThanOrEqual(domain.to);
        expect(next.to - next.from).toBeGreaterThanOrEqual(SHORTEST);
      }
    }
  });

  it("keeps the window's length when it is moved", () => {
    const next = moveGrip({ from: DAY, to: 2 * DAY }, "window", 100 * DAY, domain);
    expect(next).toEqual({ from: 9 * DAY, to: 10 * DAY });
  });

  it("draws a window in either direction", () => {
    expect(spanOf(3 * DAY, DAY, domain)).toEqual({ from: DAY, to: 3 * DAY });
  });

  it("snaps to steps and never to nothing", () => {
    const step = stepOf(domain);
    const snapped = snapRange({ from: 1234, to: 1300 }, step);
    expect(snapped.from % step).toBe(0);
    expect(snapped.to - snapped.from).toBeGreaterThanOrEqual(step);
  });

  it("draws one bar per bucket with something in it", () => {
    const path = barsPath([{ at: 0, n: 2 }, { at: DAY, n: 0 }, { at: 2 * DAY, n: 4 }], DAY, domain, 100, 40);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).toContain("V0.0");
    expect(barsPath([], DAY, domain, 100, 40)).toBe("");
  });

  it("puts day ticks on local midnights across a clock change", () => {
    const zone = "Europe/Paris";
    const frame = { from: Date.UTC(2026, 9, 20), to: Date.UTC(2026, 9, 30) };
    const marks = ticks(frame, 12, (at) => dayStart(localDay(at, zone), zone));
    expect(marks.length).toBeGreaterThan(5);
    for (const mark of marks) expect(mark).toBe(dayStart(localDay(mark, zone), zone));
  });
});

describe("boxes", () => {
  it("hold what they were made from, and neighbours share them", () => {
    const box: Box = [5.31, 43.2, 5.47, 43.38];
    const [w, s, e, n] = snapBox(box);
    expect(w <= box[0] && s <= box[1] && e >= box[2] && n >= box[3]).toBe(true);
    expect(snapBox([5.3101, 43.2001, 5.4701, 43.3801])).toEqual([w, s, e, n]);
  });

  it("reads any geometry", () => {
    expect(geometryBox({ coordinates: [[[1, 2], [3, 4]], [[0, 5]]] })).toEqual([0, 2, 3, 5]);
    expect(geometryBox({ geometries: [{ coordinates: [7, 8] }] })).toEqual([7, 8, 7, 8]);
    expect(geometryBox(null)).toBeNull();
  });

  it("measures distances on the ground", () => {
    expect(distanceM({ lon: 5.3745, lat: 43.2953 }, { lon: 5.3805, lat: 43.3028 })).toBeCloseTo(966, -1);
  });
});

describe("colours", () => {
  it("has growing classes that begin at one and stay within the maximum", () => {
    for (const max of [1, 2, 5, 9, 10, 57, 99, 1234, 250_000, 1_000_000]) {
      const bounds = countClasses(max);
      expect(bounds[0]).toBe(1);
      expect(bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0))).toBe(true);
      expect(bounds[bounds.length - 1]).toBeLessThanOrEqual(max);
      expect(classOf(max, bounds)).toBe(bounds.length - 1);
      expect(classOf(1, bounds)).toBe(0);
    }
  });

  it("reads the ramp at its ends and clamps beyond", () => {
    expect(ramp(VIRIDIS, 0)).toEqual([68, 1, 84]);
    expect(ramp(VIRIDIS, 2)).toEqual([253, 231, 37]);
  });

  it("gives each severity its own colour and its own shape", () => {
    const levels = [1, 2, 3, 4, 5];
    expect(new Set(levels.map((level) => severityColour(level).join())).size).toBe(5);
    expect(new Set(levels.map(severityShape)).size).toBe(5);
    expect(severityShape(null)).toBe(severityShape(1));
    expect(severityShape(99)).toBe(severityShape(5));
  });
});

describe("comparison", () => {
  const count = (n: number, low: number, high: number) => ({ n, low, high });

  it("claims a change only when the intervals are apart", () => {
    expect(compare(count(200, 173, 230), count(100, 81, 122)).verdict).toBe("more");
    expect(compare(count(50, 37, 66), count(100, 81, 122)).verdict).toBe("less");
    expect(compare(count(110, 90, 133), count(100, 81, 122)).verdict).toBe("unsure");
  });

  it("marks small bases and divides by nothing", () => {
    expect(compare(count(3, 1, 9), count(0, 0, 4))).toEqual({ ratio: null, verdict: "unsure", small: true });
  });
});

describe("numbers", () => {
  it("are short where room is short", () => {
    expect([0.29717, 12.3456, 284.0912, 284091.295, -1234.5].map((value) => figureText(value, "en"))).toEqual(["0.297", "12.35", "284.1", "284,091", "-1,235"]);
    expect(shortCount(999, "fr")).toBe("999");
    expect(shortCount(1234, "fr")).toBe("1,2 k");
    expect(shortCount(1234, "en")).toBe("1.2 k");
    expect(shortCount(12_345, "en")).toBe("12 k");
    expect(shortCount(1_500_000, "fr")).toBe("1,5 M");
  });

  it("keep their sign and unit", () => {
    expect(changeText(0.12, "en")).toBe("+12%");
    expect(changeText(0, "en")).toBe("0%");
    expect(bytesText(1500, "fr")).toBe("1,5 ko");
  });
});

describe("taxonomy", () => {
  const kind = (code: string, parent: string | null) => ({ code, parent, theme: code.split(".")[0] ?? "", fr: `fr ${code}`, en: `en ${code}` });
  const tree = new Taxonomy([kind("a", null), kind("a.b", "a"), kind("a.b.c", "a.b"), kind("d", null)]);

  it("knows branches, words and paths", () => {
    expect(tree.roots.map((root) => root.code)).toEqual(["a", "d"]);
    expect(tree.children("a").map((child) => child.code)).toEqual(["a.b"]);
    expect(tree.path("a.b.c", "en")).toEqual(["en a", "en a.b", "en a.b.c"]);
    expect(tree.text("zz", "fr")).toBe("zz");
  });

  it("selects a branch in place of what stood below it", () => {
    expect(toggleKind(["a.b.c", "d"], "a", true)).toEqual(["a", "d"]);
    expect(toggleKind(["a", "d"], "a", false)).toEqual(["d"]);
    expect(within("ab", "a")).toBe(false);
  });
});

describe("calendar", () => {
  it("shows whole weeks from Monday with the span inside", () => {
    const rows = weeks("2026-11-25", 30, [{ day: "2026-11-26", n: 1 }]);
    expect(rows.every((row) => row.length === 7)).toBe(true);
    expect(rows[0]?.[0]?.day).toBe("2026-11-23");
    expect(rows.flat().filter((cell) => cell.inside)).toHaveLength(30);
    expect(rows.flat().find((cell) => cell.day === "2026-11-26")?.value).toEqual({ day: "2026-11-26", n: 1 });
  });
});

describe("scale", () => {
  it("asks for coarser ground where type is larger", () => {
    expect(deskZoom(12, 1)).toBe(12);
    expect(deskZoom(12, 2)).toBe(11);
  });
});

describe("weekHours", () => {
  it("counts by the city's clock and loses nothing", () => {
    const items = Array.from({ length: 24 * 14 }, (_, i) => ({ at: Date.UTC(2026, 9, 19) + i * HOUR, n: 1 }));
    const table = weekHours(items, "Europe/Paris");
    expect(table.flat().reduce((sum, n) => sum + n, 0)).toBe(items.length);
    // Sunday 25 October 2026 has the hour between two and three twice.
    expect(table[6]?.[2]).toBe(3);
  });
});

describe("bilingual", () => {
  it("takes the reader's half", () => {
    expect(bilingual("Découpage / Zoning", "fr")).toBe("Découpage");
    expect(bilingual("Découpage / Zoning", "en")).toBe("Zoning");
    expect(bilingual("Only English", "fr")).toBeNull();
  });
});
