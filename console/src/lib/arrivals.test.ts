import { describe, expect, it } from "vitest";
import { addArrivals, MOST_HELD, readTick, wanted, type Arrival } from "@/lib/arrivals";
import { NO_FILTERS } from "@/lib/urlState";

const row = { fact_id: "a", kind: "disorder.noise", source: "log", lon: 5.4, lat: 43.3, severity: 2, status: "open", at: "2026-03-30T12:00:00Z" };
const range = { from: Date.UTC(2026, 2, 30), to: Date.UTC(2026, 2, 31) };

function one(id: string, at = row.at): Arrival {
  const [made] = readTick({ ...row, fact_id: id, at }).facts;
  if (!made) throw new Error("no arrival");
  return made;
}

describe("what the stream has just brought", () => {
  it("is read from an event of one fact and from one of many", () => {
    expect(readTick(row).facts).toMatchObject([{ fact_id: "a", severity: 2, earliest_at: row.at }]);
    const many = readTick({ source: "log", n: 9, facts: [row, { ...row, fact_id: "b", status: "odd", lon: "x" }, null, { kind: "k" }], left_out: { "1": 6, "0": 1, "2": "x" } });
    expect(many.facts.map((fact) => [fact.fact_id, fact.status, fact.lon])).toEqual([["a", "open", 5.4], ["b", null, null]]);
    expect(many.leftOut).toEqual({ "0": 1, "1": 6 });
  });

  it("stands latest first, each fact once, bounded", () => {
    const held = addArrivals([], [one("a"), one("b", "2026-03-30T12:00:01Z"), one("a")]);
    expect(held.map((fact) => fact.fact_id)).toEqual(["b", "a"]);
    expect(addArrivals(held, [one("a", "2026-03-30T12:00:05Z")]).map((fact) => fact.fact_id)).toEqual(["a", "b"]);
    expect(addArrivals(held, Array.from({ length: 2 * MOST_HELD }, (_, n) => one(`n${n}`)))).toHaveLength(MOST_HELD);
  });

  it("is shown where the list would hold it", () => {
    const here: [number, number, number, number] = [5.3, 43.2, 5.5, 43.4];
    const fact = one("a");
    expect(wanted(fact, NO_FILTERS, range, here)).toBe(true);
    expect(wanted(fact, { ...NO_FILTERS, kinds: ["disorder"], sources: ["log"], severityMin: 2, status: "open" }, range, null)).toBe(true);
    for (const filters of [{ kinds: ["disorder.noi"] }, { sources: ["x"] }, { severityMin: 3 }, { status: "closed" }, { zone: "z:1" }]) {
      expect(wanted(fact, { ...NO_FILTERS, ...filters }, range, here)).toBe(false);
    }
    expect(wanted(fact, NO_FILTERS, { from: range.to, to: Infinity }, here)).toBe(false);
    expect(wanted(fact, NO_FILTERS, range, [0, 0, 1, 1])).toBe(false);
    expect(wanted({ ...fact, lon: null }, NO_FILTERS, range, here)).toBe(false);
  });
});
