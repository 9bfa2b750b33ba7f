import { describe, expect, it } from "vitest";
import { wallInstant, wallText } from "@/lib/localTime";

const PARIS = "Europe/Paris";

describe("wall-clock texts", () => {
  it("come back from every quarter of an hour of the days the clock changes", () => {
    for (const start of ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z", "2026-07-01T00:00:00Z"]) {
      for (let i = 0; i < 96 * 2; i += 1) {
        const ms = Date.parse(start) + i * 900_000;
        const text = wallText(ms, PARIS);
        const back = wallInstant(text, PARIS);
        expect(back === ms || back === ms - 3_600_000, text).toBe(true);
        expect(wallText(back ?? 0, PARIS)).toBe(text);
      }
    }
  });

  it("reads an hour that does not exist as the instant the clock jumps to", () => {
    expect(wallInstant("2026-03-29T02:30", PARIS)).toBe(Date.parse("2026-03-29T01:00:00Z"));
  });

  it("refuses what is no time", () => {
    for (const text of ["", "demain", "2026-13-01T00:00", "2026-01-01"]) expect(wallInstant(text, PARIS)).toBeNull();
  });
});
