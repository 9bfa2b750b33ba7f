import { describe, expect, it } from "vitest";
import type { Change } from "@/api/whatif";
import { isEmpty, readScenario, scenarioText } from "@/features/tomorrow/whatif/scenario";

const CHANGES: Change[] = [
  {},
  { shift_min: -120 },
  { attendance: 40_000, agents: 0, barriers: 12 },
  { exit_width_m: 12.5, transit_share: 0.35, weather: "dry" },
  { activity: "high", site: "low", rescue: "moderate", weather: "rain" },
  { closes: [] },
  { closes: ["Rue de la République", "Cours d’Estienne; d’Orves ~ 100 %.", "a.b"] },
  { shift_min: 15, lon: 5.3958, lat: 43.2698 },
];

describe("a scenario in the address", () => {
  it("says only what is changed", () => {
    expect(scenarioText({})).toBe("");
    expect(scenarioText({ shift_min: 0, weather: "usual" })).toBe("");
    expect(scenarioText({ shift_min: -120, agents: 40, weather: "rain" })).toBe("shift.-120~agents.40~rain");
    expect(isEmpty({ shift_min: 0 })).toBe(true);
    expect(isEmpty({ closes: [] })).toBe(false);
  });

  it.each(CHANGES)("comes back as it was written: %j", (change) => {
    expect(readScenario(scenarioText(change))).toEqual(change);
  });

  it("keeps a place to a tenth of a metre", () => {
    expect(readScenario(scenarioText({ lon: 5.39581234, lat: 43.2698 }))).toEqual({ lon: 5.395812, lat: 43.2698 });
  });

  it("takes nonsense for no change", () => {
    for (const text of ["shift.two~p2.enormous~at.1~horses.3", "~~..~", "close", "%", "at.x;y", "shift.", undefined]) {
      const read = readScenario(text);
      expect(read.shift_min).toBeUndefined();
      expect(read.activity).toBeUndefined();
      expect(read.lon).toBeUndefined();
    }
    expect(readScenario("close.%E0%A4%A;x")).toEqual({ closes: ["%E0%A4%A", "x"] });
  });
});
