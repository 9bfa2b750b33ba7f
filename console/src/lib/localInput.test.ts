import { describe, expect, it } from "vitest";
import { fromLocalInput, toLocalInput } from "@/lib/localInput";

const PARIS = "Europe/Paris";

describe("instants in a form", () => {
  it("come back, on days when the clock changes too", () => {
    for (const day of ["2026-01-15", "2026-03-29", "2026-07-01", "2026-10-25"]) {
      for (let hour = 0; hour < 24; hour += 1) {
        const text = `${day}T${String(hour).padStart(2, "0")}:30`;
        if (text === "2026-03-29T02:30") continue;
        expect(toLocalInput(fromLocalInput(text, PARIS) ?? 0, PARIS)).toBe(text);
      }
    }
  });

  it("tell the city's hour, not the machine's", () => {
    expect(fromLocalInput("2026-11-28T17:00", PARIS)).toBe(Date.parse("2026-11-28T16:00:00Z"));
    expect(toLocalInput(Date.parse("2026-06-28T16:00:00Z"), PARIS)).toBe("2026-06-28T18:00");
  });

  it("are refused when they are none", () => {
    for (const text of ["", "2026-11-28", "2026-13-40T10:00", "2026-11-28T25:00"]) expect(fromLocalInput(text, PARIS)).toBeNull();
  });
});
