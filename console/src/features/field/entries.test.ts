import { cellToLatLng, getResolution, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { asSent, isOver, newEntry, settled, snapped, streetsLike, toSend, type Kept } from "@/features/field/entries";

const NOW = Date.parse("2026-11-28T10:00:00Z");
const entry = (changes: Partial<Kept> = {}): Kept => ({ ...newEntry({ by: "op", kind: "road.accident", cell: "8a3968153b9ffff", place: "ici", text: " oui " }, NOW, "id-1"), ...changes });

describe("an entry of the field page", () => {
  it("keeps of a position only its cell, the same for every point of it", () => {
    const cell = snapped(5.379, 43.2965, 10);
    const [lat, lon] = cellToLatLng(cell);
    expect([getResolution(cell), snapped(lon, lat, 10)]).toEqual([10, cell]);
    // 200 points within 50 m of the middle of the cell cannot be told apart.
    for (let i = 0; i < 200; i += 1) {
      const turn = (i * Math.PI) / 100;
      const [north, east] = [(50 / 111_320) * Math.sin(turn), (50 / 81_000) * Math.cos(turn)];
      expect(snapped(lon + east, lat + north, 10)).toBe(cell);
    }
    expect(latLngToCell(lat, lon, 10)).toBe(cell);
  });

  it("waits, and is sent by its own author alone, oldest first, so many at a time", () => {
    const entries = [entry({ client_id: "b", at: NOW + 2 }), entry({ client_id: "a" }), entry({ client_id: "c", by: "other" }), entry({ client_id: "d", state: "sent" }), entry({ client_id: "e", at: NOW + 3 })];
    expect(toSend(entries, "op", 2).map((one) => one.client_id)).toEqual(["a", "b"]);
    expect(asSent(entry())).toEqual({ client_id: "id-1", kind: "road.accident", cell: "8a3968153b9ffff", at: "2026-11-28T10:00:00.000Z", text: "oui" });
  });

  it("forgets place and words once taken, keeps them with the reason when refused, waits when not named", () => {
    const why = { fr: "Trop tard.", en: "Too late." };
    expect(settled(entry(), [{ client_id: "id-1", state: "taken", fact_id: "f", why: null }])).toMatchObject({ state: "sent", cell: "", place: "", text: "" });
    expect(settled(entry(), [{ client_id: "id-1", state: "refused", fact_id: null, why }])).toMatchObject({ state: "refused", text: "oui", why });
    expect(settled(entry(), [{ client_id: "id-2", state: "taken", fact_id: "f", why: null }]).state).toBe("waiting");
  });

  it("leaves the phone a day after it was sent, never before it was", () => {
    expect(isOver(entry({ state: "sent" }), NOW + 25 * 3_600_000)).toBe(true);
    expect(isOver(entry({ state: "sent" }), NOW + 23 * 3_600_000)).toBe(false);
    expect(isOver(entry(), NOW + 25 * 3_600_000)).toBe(false);
  });

  it("finds streets without accents, by any of their words", () => {
    const streets = ["Boulevard Michelet", "Rue de Rome", "Rue Saint-Ferréol", "Impasse de Rome"].map((name) => ({ name, cell: "" }));
    expect(streetsLike(streets, "ferreol", 5).map((one) => one.name)).toEqual(["Rue Saint-Ferréol"]);
    expect(streetsLike(streets, "rome", 5).map((one) => one.name)).toEqual(["Rue de Rome", "Impasse de Rome"]);
    expect(streetsLike(streets, "impasse rome", 5).map((one) => one.name)).toEqual(["Impasse de Rome"]);
    expect(streetsLike(streets, " ", 5)).toEqual([]);
  });
});
