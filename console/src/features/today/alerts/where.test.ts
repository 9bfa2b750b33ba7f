import { describe, expect, it } from "vitest";
import { DRAWN, EVERYWHERE, isWhole, scopeOf, whereOf } from "@/features/today/alerts/where";

const RING: [number, number][] = [[5, 43], [6, 43], [6, 44], [5, 43]];

describe("where an instance looks", () => {
  it("comes back from the server as it went there: everywhere, a zone of any zoning, an area drawn by hand", () => {
    for (const scope of [
      { zone: "", ring: [], sources: [] },
      { zone: "quartier:13:201", ring: [], sources: ["main_courante"] },
      { zone: "", ring: RING, sources: ["a", "b"] },
    ]) expect(scopeOf(whereOf(scope))).toEqual(scope);
    expect(whereOf({}).at).toBe(EVERYWHERE);
    expect(whereOf({ zone: "quartier:13:201" })).toMatchObject({ at: "quartier", zone: "13:201" });
    expect(whereOf({ ring: RING }).at).toBe(DRAWN);
  });

  it("sends a zone or an area, whichever was chosen last, never both", () => {
    const drawn = whereOf({ ring: RING });
    expect(scopeOf({ ...drawn, at: "quartier", zone: "7" })).toMatchObject({ zone: "quartier:7", ring: [] });
    expect(scopeOf({ ...drawn, zone: "7" })).toMatchObject({ zone: "", ring: RING });
    expect(scopeOf({ ...drawn, at: EVERYWHERE })).toMatchObject({ zone: "", ring: [] });
  });

  it("is not whole while a zoning has no zone, an area too few corners or a border that crosses itself", () => {
    const none = whereOf({});
    expect(isWhole(none)).toBe(true);
    expect(isWhole({ ...none, at: "quartier" })).toBe(false);
    expect(isWhole({ ...none, at: DRAWN })).toBe(false);
    expect(isWhole(whereOf({ ring: RING }))).toBe(true);
    expect(isWhole(whereOf({ ring: [[5, 43], [6, 44], [6, 43], [5, 44], [5, 43]] }))).toBe(false);
  });
});
