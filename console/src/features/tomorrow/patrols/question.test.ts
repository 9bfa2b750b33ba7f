import { describe, expect, it } from "vitest";
import { addressOf, PATROLS, questionOf, windowOf } from "@/features/tomorrow/patrols/question";

const said = (address: object): Record<string, string> => Object.fromEntries(Object.entries(address).filter((one): one is [string, string] => typeof one[1] === "string"));

describe("the question of an ordinary day's patrols", () => {
  it("is what the address says, and the usual where it says nothing", () => {
    expect(questionOf({}, "2026-11-29")).toEqual({ day: "2026-11-29", hour: 14, hours: 12, zone: null, means: PATROLS });
    const asked = { day: "2026-12-05", hour: 20, hours: 8, zone: "secteur_police:centre", means: { posts: 5, perPost: 3, reachMin: 6.5, speedKmh: 4.5, available: 14, floor: 0, exposure: false } };
    expect(questionOf(said(addressOf(asked)), "2026-11-29")).toEqual(asked);
    const usual = questionOf({}, "2026-11-29");
    expect(questionOf(said(addressOf(usual)), "2027-01-01")).toEqual(usual);
  });

  it("takes the usual for what cannot be", () => {
    const wrong = { on: "2026-13-40", hour: "24", hours: "0", area: "x", posts: "41", per: "0.5", reach: "-1", kmh: "300", have: "-1", floor: "2" };
    expect(questionOf(wrong, "2026-11-29")).toEqual(questionOf({}, "2026-11-29"));
  });

  it("begins at an hour of the city's clock and lasts hours of real time", () => {
    const question = { ...questionOf({}, "2026-10-24"), hour: 22, hours: 8 };
    expect(windowOf(question, "Europe/Paris")).toEqual({ from: "2026-10-24T20:00:00Z", to: "2026-10-25T04:00:00Z", zone: null });
  });
});
