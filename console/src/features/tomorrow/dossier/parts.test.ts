import { describe, expect, it } from "vitest";
import type { Content } from "@/api/dossier";
import { shapesOf } from "@/features/tomorrow/dossier/shapes";
import { freshId, itemsOf, LISTS, titleOf, withItems, type Item } from "@/features/tomorrow/dossier/parts";

const HOURS = { from: "2026-11-28T16:00:00Z", to: "2026-11-28T18:00:00Z" };
const post = (id: string): Item => ({
  id, name: `Poste ${id}`, kind: "agents", headcount: 4, from_at: HOURS.from, to_at: HOURS.to, service: "", mission: "",
  place: { type: "Point", coordinates: [5.4, 43.3] },
});
const CONTENT = { posts: [post("a"), post("b")], shifts: [{ id: "s", post: "a", headcount: 2, from_at: HOURS.from, to_at: HOURS.to }] } as unknown as Content;

describe("the lists of an event file", () => {
  it("lose the shifts of a post that is taken away", () => {
    expect(withItems(CONTENT, "posts", [post("b")]).shifts).toEqual([]);
    expect(withItems(CONTENT, "posts", [post("a")]).shifts).toHaveLength(1);
  });

  it("give new items an id that none has", () => {
    expect(freshId("posts", [{ id: "post-1" }, { id: "post-3" }])).toBe("post-4");
    expect(freshId("reflex_cards", [])).toBe("reflex-card-1");
  });

  it("begin a new item with every field of its form, and no shift without a post", () => {
    for (const list of LISTS) {
      const made = list.blank(CONTENT, HOURS);
      expect(made).not.toBeNull();
      for (const field of list.fields) expect(made).toHaveProperty(field.name);
    }
    expect(LISTS.find((one) => one.name === "shifts")?.blank({} as Content, HOURS)).toBeNull();
  });

  it("call an item by what it says, a shift by its post", () => {
    expect(titleOf(itemsOf(CONTENT, "shifts")[0] as Item, CONTENT)).toBe("Poste a");
    expect(titleOf({ id: "x" }, CONTENT)).toBe("");
  });

  it("stand on the map under the short name they bear on paper", () => {
    expect(shapesOf(CONTENT, "posts.b").map(({ id, sign, label, selected }) => [id, sign, label, selected])).toEqual([
      ["posts.a", "post", "P1", false],
      ["posts.b", "post", "P2", true],
    ]);
  });
});
