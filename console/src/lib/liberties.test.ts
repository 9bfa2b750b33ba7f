// @vitest-environment node
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readCheckpoint, rootFrom } from "@/lib/proof";
import { isReason, tidyReason } from "@/lib/problem";
import { tally } from "@/lib/tally";
import { addDays, dayStart, HOUR, localDay } from "@/lib/time";
import { NO_FILTERS } from "@/lib/urlState";
import { barsOf, vanishingByRule } from "@/lib/vanishing";
import { coarse, countDays, MOST_DAYS, wholeDays } from "@/lib/wholeDays";

const ZONE = "Europe/Paris";
const NOW = Date.parse("2026-03-31T10:00:00Z");

describe("whole days", () => {
  it("end with the last day that has been over for six hours", () => {
    const yesterday = wholeDays({ preset: "24h" }, NOW, ZONE);
    expect([localDay(yesterday.from, ZONE), localDay(yesterday.to, ZONE)]).toEqual(["2026-03-30", "2026-03-31"]);
    const early = wholeDays({ preset: "24h" }, Date.parse("2026-03-31T03:59:59Z"), ZONE);
    expect(localDay(early.to, ZONE)).toBe("2026-03-30");
    expect(localDay(wholeDays({ preset: "24h" }, Date.parse("2026-03-31T04:00:00Z"), ZONE).to, ZONE)).toBe("2026-03-31");
  });

  it("begin and end at local midnight whatever is asked, also where the clock changes", () => {
    for (let shift = 0; shift < 24 * 8; shift += 5) {
      const from = Date.parse("2026-03-25T00:00:00Z") + shift * HOUR;
      for (const hours of [1, 23, 24, 25, 73, 24 * 200]) {
        const range = wholeDays({ from: from - hours * HOUR, to: from }, NOW, ZONE);
        for (const at of [range.from, range.to]) expect(dayStart(localDay(at, ZONE), ZONE)).toBe(at);
        expect(countDays(range, ZONE)).toBeGreaterThanOrEqual(1);
        expect(countDays(range, ZONE)).toBeLessThanOrEqual(MOST_DAYS);
        expect(range.to).toBeLessThanOrEqual(NOW - 6 * HOUR);
      }
    }
  });

  it("move by a day where one is asked for, in both directions", () => {
    const range = { from: dayStart("2026-03-28", ZONE), to: dayStart("2026-03-30", ZONE) };
    for (const days of [-1, 1]) {
      const moved = wholeDays({ from: range.from + days * 24 * HOUR, to: range.to }, NOW, ZONE);
      expect(localDay(moved.from, ZONE)).toBe(addDays("2026-03-28", days));
    }
  });

  it("are counted", () => {
    expect(countDays(wholeDays({ preset: "7d" }, NOW, ZONE), ZONE)).toBe(7);
    expect(countDays(wholeDays({ preset: "all" }, NOW, ZONE), ZONE)).toBe(MOST_DAYS);
  });

  it("go with filters that are coarse enough", () => {
    const asked = { kinds: ["road", "road.collision"], sources: ["rescue"], severityMin: 3, status: "open", zone: "iris:132010101" };
    expect(coarse(asked)).toEqual({ ...NO_FILTERS, kinds: ["road"] });
    expect(coarse({ ...asked, zone: "arrondissement:13201" }).zone).toBe("arrondissement:13201");
  });
});

describe("reasons", () => {
  it("hold fifteen characters that count", () => {
    expect(tidyReason("  contrôle \n mensuel ")).toBe("contrôle mensuel");
    expect(isReason("contrôle mensue")).toBe(true);
    expect(isReason("contrôle mensu")).toBe(false);
    expect(isReason("a              b")).toBe(false);
    expect(isReason("a".repeat(501))).toBe(false);
  });
});

describe("a tally", () => {
  it("says each text once, and how often", () => {
    expect(tally(["b", "a", "b", "b"])).toEqual([["b", 3], ["a", 1]]);
    expect(tally([])).toEqual([]);
  });
});

describe("what vanishes", () => {
  const counts = [
    { rule: "late", on: "2026-04-20", n: 5 },
    { rule: "soon", on: "2026-04-09", n: 2 }, { rule: "soon", on: "2026-04-01", n: 1 }, { rule: "soon", on: "2026-06-01", n: 4 },
    { rule: "never", on: "2026-04-01", n: 0 },
  ];

  it("stands by rule, the soonest first, within a week, a month and in all", () => {
    const lines = vanishingByRule(counts, "2026-04-01");
    expect(lines.map((line) => line.rule)).toEqual(["soon", "late"]);
    expect(lines[0]).toMatchObject({ next: { on: "2026-04-01", n: 1 }, week: 1, month: 3, all: 7 });
    expect(lines[1]).toMatchObject({ week: 0, month: 5, all: 5 });
  });

  it("has one bar a day, and what is little can still be seen", () => {
    const bars = barsOf([{ on: "2026-04-01", n: 1 }, { on: "2026-04-03", n: 1000 }], "2026-04-01", 4);
    expect(bars).toEqual([0.08, 0, 1, 0]);
  });
});

const hash = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const node = (left: Buffer, right: Buffer): Buffer => hash(Buffer.from([1]), left, right);
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

/** RFC 9162, 2.1.1 and 2.1.3.1, by their recursive definitions. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = split(leaves.length);
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

describe("a proof", () => {
  const all = Array.from({ length: 19 }, (_, i) => hash(Buffer.from([0, i])));

  it("leads from every leaf of every tree to its root, and from nowhere else", async () => {
    for (let size = 1; size <= all.length; size += 1) {
      const leaves = all.slice(0, size);
      const root = rootOf(leaves).toString("base64");
      for (let index = 0; index < size; index += 1) {
        const hashes = pathOf(index, leaves).map((one) => one.toString("base64"));
        const leaf = (leaves[index] as Buffer).toString("base64");
        expect(await rootFrom(index, size, leaf, hashes)).toBe(root);
        const other = all[(index + 1) % all.length] as Buffer;
        expect(await rootFrom(index, size, other.toString("base64"), hashes)).not.toBe(root);
        if (hashes.length > 0) expect(await rootFrom(index, size, leaf, hashes.slice(1))).not.toBe(root);
        expect(await rootFrom(index, size, leaf, [...hashes, root])).not.toBe(root);
      }
    }
  });

  it("of a line beyond the tree is none", async () => {
    expect(await rootFrom(3, 3, "", [])).toBeNull();
    expect(await rootFrom(-1, 3, "", [])).toBeNull();
  });

  it("ends at the head that its checkpoint tells", () => {
    const note = "vigie.example/audit\n12\nr00t=\nextra\n\n\u2014 vigie.example/audit c2ln\n\u2014 witness.example c2ln\n";
    expect(readCheckpoint(note)).toEqual({ name: "vigie.example/audit", size: 12, root: "r00t=", signers: ["vigie.example/audit", "witness.example"] });
    expect(readCheckpoint("nothing of the kind")).toBeNull();
  });
});
