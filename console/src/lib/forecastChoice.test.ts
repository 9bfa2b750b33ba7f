import { describe, expect, it } from "vitest";
import { awaitedOf, choiceOf, daysOf, runOf } from "@/lib/forecastChoice";

const run = (forecast_id: string, grid: string, days: number, state = "ready") => ({
  forecast_id, grid, state, origin_at: "2026-10-19T22:00:00Z", until_at: new Date(Date.parse("2026-10-19T22:00:00Z") + days * 86_400_000).toISOString(),
});

describe("which forecast is looked at", () => {
  it("stands in the address; what cannot be understood is the usual", () => {
    expect(choiceOf({ grid: "zoning:quartier", days: "3" })).toEqual({ grid: "zoning:quartier", days: 3 });
    expect(choiceOf({})).toEqual({ grid: "h3:8", days: null });
    for (const days of ["0", "29", "1.5", "x"]) expect(choiceOf({ grid: "h3:2", days })).toEqual({ grid: "h3:8", days: null });
  });

  it("counts local days over a change of the clock", () => {
    expect(daysOf({ origin_at: "2026-10-24T22:00:00Z", until_at: "2026-10-25T23:00:00Z" })).toBe(1);
    expect(daysOf({ origin_at: "2026-03-27T23:00:00Z", until_at: "2026-04-03T22:00:00Z" })).toBe(7);
  });

  it("is the newest run that is ready, of that grid and that many days when they are said", () => {
    const runs = [run("d", "h3:8", 1, "running"), run("c", "zoning:quartier", 7), run("b", "h3:8", 28), run("a", "h3:8", 7)];
    expect(runOf(runs, { grid: "h3:8", days: null })?.forecast_id).toBe("b");
    expect(runOf(runs, { grid: "h3:8", days: 7 })?.forecast_id).toBe("a");
    expect(runOf(runs, { grid: "h3:9", days: null })).toBeUndefined();
    expect(awaitedOf(runs, { grid: "h3:8", days: 1 })?.forecast_id).toBe("d");
    expect(awaitedOf(runs, { grid: "h3:8", days: 7 })).toBeUndefined();
  });
});
