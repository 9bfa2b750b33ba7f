// @vitest-environment node
import { describe, expect, it } from "vitest";
import { addDays, ageParts, DAY, dayStart, defaultDomain, domainRange, HOUR, intervalText, isOld, localDay, localParts, MINUTE, parseInstant, resolvePeriod, rfc3339 } from "@/lib/time";

const PARIS = "Europe/Paris";
const NOW = Date.UTC(2026, 10, 23, 9, 15, 20);

describe("resolvePeriod", () => {
  it("ends at the next full minute, so that a question asked twice in a minute is one question", () => {
    const a = resolvePeriod({ preset: "24h" }, NOW, null);
    const b = resolvePeriod({ preset: "24h" }, NOW + 30_000, null);
    expect(a).toEqual(b);
    expect(a.to - a.from).toBe(DAY);
    expect(a.to % MINUTE).toBe(0);
    expect(a.to).toBeGreaterThanOrEqual(NOW);
  });

  it("takes all data from the extent, and a month without one", () => {
    const extent = { from: NOW - 200 * DAY, to: NOW };
    expect(resolvePeriod({ preset: "all" }, NOW, extent).from).toBeLessThanOrEqual(extent.from);
    expect(resolvePeriod({ preset: "all" }, NOW, null).from).toBeLessThanOrEqual(NOW - 30 * DAY);
  });

  it("leaves fixed bounds alone", () => {
    expect(resolvePeriod({ from: 1, to: 2 }, NOW, null)).toEqual({ from: 1, to: 2 });
  });
});

describe("domainRange", () => {
  it("always holds the selection", () => {
    for (const domain of ["24h", "7d", "30d", "90d", "all"] as const) {
      const selection = { from: NOW - 120 * DAY, to: NOW - 100 * DAY };
      const frame = domainRange(domain, selection, NOW, null);
      expect(frame.from).toBeLessThanOrEqual(selection.from);
      expect(frame.to).toBeGreaterThanOrEqual(selection.to);
    }
  });

  it("is wider than what is chosen", () => {
    expect(defaultDomain({ preset: "24h" })).toBe("7d");
    expect(defaultDomain({ from: 0, to: 10 * DAY })).toBe("30d");
    expect(defaultDomain({ from: 0, to: 300 * DAY })).toBe("all");
  });
});

describe("instants", () => {
  it("reads only texts that carry a zone", () => {
    expect(parseInstant("2026-11-23T09:15:20Z")).toBe(NOW);
    expect(parseInstant("2026-11-23T10:15:20+01:00")).toBe(NOW);
    expect(parseInstant("2026-11-23T09:15:20")).toBeNull();
    expect(parseInstant("hier")).toBeNull();
    expect(parseInstant(null)).toBeNull();
  });

  it("writes what it reads", () => {
    expect(parseInstant(rfc3339(NOW))).toBe(NOW);
  });
});

describe("local days", () => {
  it("start at the city's midnight, on clock-change days too", () => {
    expect(rfc3339(dayStart("2026-03-29", PARIS))).toBe("2026-03-28T23:00:00Z");
    expect(rfc3339(dayStart("2026-03-30", PARIS))).toBe("2026-03-29T22:00:00Z");
    expect(rfc3339(dayStart("2026-10-25", PARIS))).toBe("2026-10-24T22:00:00Z");
    expect(rfc3339(dayStart("2026-10-26", PARIS))).toBe("2026-10-25T23:00:00Z");
  });

  it("have 23 and 25 hours when clocks change", () => {
    expect(dayStart("2026-03-30", PARIS) - dayStart("2026-03-29", PARIS)).toBe(23 * HOUR);
    expect(dayStart("2026-10-26", PARIS) - dayStart("2026-10-25", PARIS)).toBe(25 * HOUR);
  });

  it("agree with localDay for every hour of two years", () => {
    for (let at = Date.UTC(2025, 11, 30); at < Date.UTC(2027, 0, 2); at += 7 * HOUR) {
      const day = localDay(at, PARIS);
      expect(dayStart(day, PARIS)).toBeLessThanOrEqual(at);
      expect(dayStart(addDays(day, 1), PARIS)).toBeGreaterThan(at);
    }
  });

  it("give Monday as weekday 0", () => {
    expect(localParts(NOW, PARIS)).toEqual({ year: 2026, month: 11, day: 23, hour: 10, weekday: 0 });
  });
});

describe("texts", () => {
  it("shows an uncertain time as the interval it is", () => {
    const from = NOW;
    expect(intervalText(from, from, "fr", PARIS, NOW)).not.toContain("–");
    expect(intervalText(from, from + HOUR, "fr", PARIS, NOW)).toMatch(/10:15 – 11:15$/);
    expect(intervalText(from, from + DAY, "en", PARIS, NOW)).toContain("24 Nov");
  });

  it("says ages in the unit a person would choose", () => {
    expect(ageParts(12)).toEqual({ value: 12, unit: "s" });
    expect(ageParts(600)).toEqual({ value: 10, unit: "min" });
    expect(ageParts(7200)).toEqual({ value: 2, unit: "h" });
    expect(ageParts(86400 * 3)).toEqual({ value: 3, unit: "d" });
  });

  it("calls old what nothing came to for a quarter of an hour, and what nothing ever came to", () => {
    expect([3, 900, 901, null].map(isOld)).toEqual([false, false, true, true]);
  });
});
