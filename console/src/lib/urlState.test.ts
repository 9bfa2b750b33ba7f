// @vitest-environment node
import { describe, expect, it } from "vitest";
import { countFilters, formatUrl, initialState, parseUrl, SCREENS, type UrlState } from "@/lib/urlState";

/** A small deterministic generator, so that a failing case can be told. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function randomState(random: () => number): UrlState {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const at = Math.floor(random() * 2e9) * 1000;
  return {
    screen: pick(SCREENS),
    view: random() < 0.3 ? null : { lon: Number((random() * 360 - 180).toFixed(5)), lat: Number((random() * 160 - 80).toFixed(5)), zoom: Number((random() * 20).toFixed(2)) },
    period: random() < 0.5 ? { preset: pick(["1h", "24h", "7d", "30d", "all"] as const) } : { from: at, to: at + 60_000 * (1 + Math.floor(random() * 1e5)) },
    domain: pick([null, "24h", "7d", "30d", "90d", "all"] as const),
    filters: {
      kinds: pick([[], ["offence"], ["offence.property", "road.accident"]]),
      sources: pick([[], ["main_courante"], ["a b", "é&=?"]]),
      severityMin: pick([null, 1, 3, 5]),
      status: pick([null, "open", "in_progress"]),
      zone: pick([null, "arrondissement:13201", "secteur:a:b"]),
    },
    selection: pick([null, { type: "fact", id: "abc" }, { type: "plan", id: "x:y" }] as const),
    panel: pick([null, "none", "filters"]),
    extra: pick([{}, { tab: "balance" }, { day: "2026-11-23", q: "a&b=c #1" }]),
  };
}

describe("the address", () => {
  it("carries the whole state there and back", () => {
    const random = generator(7);
    for (let i = 0; i < 500; i += 1) {
      const state = randomState(random);
      const [path = "", search = ""] = formatUrl(state).split(/\?(.*)/s);
      expect(parseUrl(path, search)).toEqual(state);
    }
  });

  it("is short when nothing is chosen", () => {
    expect(formatUrl(initialState("today"))).toBe("/aujourdhui");
    expect(formatUrl(initialState("yesterday"))).toBe("/hier");
  });

  it("survives nonsense", () => {
    const state = parseUrl("/nowhere", "at=a,b&from=2026&to=&severity=9&sel=::&period=2h");
    expect(state).toEqual(initialState("today"));
  });

  it("refuses a period that ends before it begins", () => {
    expect(parseUrl("/", "from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z").period).toEqual({ preset: "24h" });
  });

  it("counts the filters that act", () => {
    expect(countFilters({ kinds: ["a", "b"], sources: [], severityMin: 3, status: null, zone: "z:1" })).toBe(4);
  });
});
