import { describe, expect, it } from "vitest";
import type { MessageContent } from "@/api/messages";
import { emptyMessage, messageDraft, missing, panelLengths, panelLines, specOf } from "@/features/today/informing/draft";

const ZONE = "Europe/Paris";
const NOW = Date.parse("2026-11-28T16:07:00Z");

describe("a message to the public in its form", () => {
  it("begins now, for the city, until a round quarter three hours on", () => {
    const draft = emptyMessage(NOW, ZONE);
    expect([draft.zone, draft.onset, draft.expires]).toEqual(["city", "", "2026-11-28T20:15"]);
    expect(missing(draft)).toEqual(["title_fr", "title_en", "text_fr", "text_en"]);
  });

  it("says advice in both languages or in neither, and somewhere", () => {
    const draft = { ...emptyMessage(NOW, ZONE), title_fr: "a", title_en: "a", text_fr: "a", text_en: "a" };
    expect(missing(draft)).toEqual([]);
    expect(missing({ ...draft, advice_en: "Take the metro." })).toEqual(["advice_fr"]);
    expect(missing({ ...draft, zone: "" })).toEqual(["zone"]);
    expect(missing({ ...draft, zone: "", streets: "rue Paradis" })).toEqual([]);
    expect(missing({ ...draft, where: "drawn" })).toEqual(["zone"]);
  });

  it("counts the lines of a panel as the panel shows them", () => {
    expect(panelLines("  boulevard   michelet \n\nfermé")).toEqual(["BOULEVARD MICHELET", "FERMÉ"]);
    const found = panelLengths("court\nbeaucoup trop long\ntrois", { lines: 2, characters: 10 });
    expect(found.map((one) => [one.length, one.fits])).toEqual([[5, true], [18, false], [5, false]]);
  });

  it("sends instants of the city's clock, and no panel that was closed", () => {
    const draft = { ...emptyMessage(NOW, ZONE), streets: "rue Paradis\n\n rue  Breteuil ", panel: "ferme", onset: "2026-11-28T18:00" };
    const sent = specOf(draft, ZONE, true);
    expect([sent?.onset, sent?.expires, sent?.panel, sent?.streets]).toEqual(["2026-11-28T17:00:00Z", "2026-11-28T19:15:00Z", [], ["rue Paradis", "rue Breteuil"]]);
    expect(specOf({ ...draft, panels: true }, ZONE, true)?.panel).toEqual(["ferme"]);
    expect(specOf({ ...draft, expires: "" }, ZONE, true)).toBeNull();
  });

  it("comes back from what was kept with the area that was drawn", () => {
    const ring = { type: "Polygon" as const, coordinates: [[[5.3, 43.2], [5.4, 43.2], [5.4, 43.3], [5.3, 43.2]]] };
    const kept = {
      ...emptyMessage(NOW, ZONE), zone: "", geometry: ring, streets: ["rue Paradis"], panel: ["FERMÉ"], place: "Marseille", onset: "2026-11-28T17:00:00Z", expires: "2026-11-28T19:00:00Z",
    } as unknown as MessageContent;
    const draft = messageDraft(kept, ZONE);
    expect([draft.where, draft.panels, draft.panel, draft.onset]).toEqual(["drawn", true, "FERMÉ", "2026-11-28T18:00"]);
    expect(specOf(draft, ZONE, false)?.ring).toEqual(ring);
    expect(messageDraft({ ...kept, zone: "city" }, ZONE).where).toBe("zone");
  });
});
