import { expect, test } from "vitest";
import { chartsOf, commandOf, differences, hasRows, keptRun, keptText, paramsChange, paramsOf, pythonOf, requestOf } from "@/lib/analysisRuns";

const ASKED = { name: "before_after", scope: { from: "2026-01-01T00:00:00Z", kind: ["offence", "road"] }, params: { day: "2026-03-02", gap_days: 3, per_total: true, treated: "it's" } };

test("parameters go into the address and come back, and no others stay", () => {
  const extra = { tab: "analyses", "p.old": "1", "p.day": "2026-03-02" };
  expect(paramsOf(extra)).toEqual({ old: "1", day: "2026-03-02" });
  expect(paramsChange(extra, { day: "2026-04-01" })).toEqual({ "p.old": null, "p.day": "2026-04-01" });
});

test("a kept run is one text, and a broken one is none", () => {
  const window = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
  expect(keptRun(keptText(window, { zone: "a&b=c" }))).toEqual({ ...window, filters: {}, params: { zone: "a&b=c" } });
  const filters = { kind: ["offence", "road"], zone: "arrondissement:13201", severity_min: 3 };
  expect(keptRun(keptText(window, {}, { ...window, ...filters }))).toEqual({ ...window, filters: { ...filters, severity_min: "3" }, params: {} });
  expect(keptRun("from=never&to=2026-02-01T00:00:00Z")).toBeNull();
  expect(keptRun(undefined)).toBeNull();
});

test("two runs are compared row by row through their keys, and what only one has is counted", () => {
  const columns = [{ name: "zone", key: true }, { name: "facts", key: false }, { name: "low", key: false }];
  const now = [{ zone: "a", facts: 7, low: 2 }, { zone: "b", facts: null, low: 1 }, { zone: "c", facts: 1, low: 0 }];
  const kept = [{ zone: "b", facts: 4, low: 3 }, { zone: "a", facts: 5, low: 2 }, { zone: "d", facts: 1, low: 0 }];
  expect(differences(columns, now, kept)).toEqual({
    keys: ["zone"],
    rows: [
      { row: now[0], values: [{ column: "facts", now: 7, kept: 5, difference: 2 }, { column: "low", now: 2, kept: 2, difference: 0 }] },
      { row: now[1], values: [{ column: "low", now: 1, kept: 3, difference: -2 }] },
    ],
    onlyNow: 1,
    onlyKept: 1,
  });
});

test("numbers among the keys tell rows apart where words do not, and are compared where words do", () => {
  const columns = [{ name: "zone", key: true }, { name: "weight", key: true }, { name: "facts", key: false }];
  const told = differences(columns, [{ zone: "a", weight: 0.2, facts: 7 }], [{ zone: "a", weight: 0.3, facts: 5 }]);
  expect(told).toMatchObject({ keys: ["zone"], onlyNow: 0, onlyKept: 0 });
  expect(told.rows[0]?.values.map((value) => value.column)).toEqual(["weight", "facts"]);
  const bands = [{ name: "to_m", key: true }, { name: "to_days", key: true }, { name: "pairs", key: false }];
  const [near, far] = [{ to_m: 100, to_days: 6, pairs: 4 }, { to_m: 200, to_days: 6, pairs: 9 }];
  expect(differences(bands, [near, far], [far, { ...near, pairs: 1 }])).toMatchObject({ keys: ["to_m", "to_days"], rows: [{ row: near, values: [{ column: "pairs", difference: 3 }] }, { row: far }] });
});

test("the same question on the command line, in Python and to the interface", () => {
  expect(commandOf(ASKED)).toBe("vigie analyse before_after -p from=2026-01-01T00:00:00Z -p kind=offence -p kind=road -p day=2026-03-02 -p gap_days=3 -p per_total=true -p 'treated=it'\\''s'");
  expect(pythonOf(ASKED)).toBe('vigie.open("home").analyse("before_after", start="2026-01-01T00:00:00Z", kind=["offence", "road"], day="2026-03-02", gap_days=3, per_total=True, treated="it\'s")');
  expect(requestOf(ASKED)).toBe('POST /api/analyses/before_after?from=2026-01-01T00%3A00%3A00Z&kind=offence&kind=road\n{"params":{"day":"2026-03-02","gap_days":3,"per_total":true,"treated":"it\'s"}}');
});

test("charts below one another are drawn one by one, those without rows not at all", () => {
  const part = { transform: [{ filter: "datum.part == 'hour'" }] };
  expect(chartsOf({ vconcat: [part, {}] })).toHaveLength(2);
  expect(chartsOf({ mark: "bar" })).toEqual([{ mark: "bar" }]);
  expect(hasRows(part, [{ part: "level" }])).toBe(false);
  expect(hasRows(part, [{ part: "hour" }])).toBe(true);
  expect(hasRows({}, [])).toBe(false);
});
