import { describe, expect, it } from "vitest";
import { contentWith, type Chosen, type FileContent, type FilePost, type FileShift } from "@/api/allocation";
import { spreadShifts } from "@/lib/rota";

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 28, hour)).toISOString();
const stretch = (from: number, to: number, people: number) => ({ from: at(from), to: at(to), people, breaks: [{ at: at(from + 2), people: Math.ceil(people / 2) }, { at: at(from + 3), people: Math.floor(people / 2) }] });
const present = (given: readonly { post: string; from: string; to: string; headcount: number }[], post: string, hour: number): number =>
  given.filter((one) => one.post === post && one.from <= at(hour) && at(hour) < one.to).reduce((sum, one) => sum + one.headcount, 0);

describe("shifts given to posts", () => {
  const rota = [stretch(16, 22, 5), stretch(18, 26, 4), stretch(20, 28, 6)];
  const posts = ["a", "b", "c"];
  const given = spreadShifts(posts, rota);

  it("lose nobody and add nobody", () => {
    for (const one of rota) expect(given.filter((each) => each.from === one.from).reduce((sum, each) => sum + each.headcount, 0)).toBe(one.people);
  });

  it("leave no post alone while there are people for all, and stay even", () => {
    for (let hour = 16; hour < 28; hour += 1) {
      const counts = posts.map((post) => present(given, post, hour));
      expect(Math.min(...counts), `${hour} h`).toBeGreaterThan(0);
      expect(Math.max(...counts) - Math.min(...counts), `${hour} h`).toBeLessThanOrEqual(2);
    }
    expect(spreadShifts([], rota)).toEqual([]);
  });

  it("give everybody their break, and those who leave together leave different posts", () => {
    for (const one of rota) {
      for (const pause of one.breaks) {
        const leaving = given.filter((each) => each.from === one.from).map((each) => each.breaks.find((own) => own.at === pause.at)?.people ?? 0);
        expect(leaving.reduce((sum, n) => sum + n, 0)).toBe(pause.people);
        expect(Math.max(...leaving)).toBeLessThanOrEqual(Math.ceil(pause.people / leaving.length) + 1);
      }
    }
    for (const each of given) expect(each.breaks.reduce((sum, own) => sum + own.people, 0)).toBe(each.headcount);
  });
});

describe("a proposal in an event's file", () => {
  const post = (id: string): FilePost => ({ id, name: id, kind: "agents", headcount: 2, from_at: at(16), to_at: at(26), service: "", mission: "" });
  const shift = (id: string, of: string): FileShift => ({ id, post: of, from_at: at(16), to_at: at(22), headcount: 2, service: "", note: "" });
  const file = { summary: "s", posts: [post("post-1"), post("alloc-1"), post("alloc-2")], shifts: [shift("shift-1", "post-1"), shift("shift-2", "alloc-2"), shift("rota-1", "alloc-1")] } as unknown as FileContent;
  const chosen: Chosen = { why: "w", from: at(16), to: at(26), perPost: 2, firstAid: [], posts: [{ number: 1, lon: 5, lat: 43, name: "Poste 1", mission: "m" }], shifts: [stretch(16, 26, 2)], noteOf: (breaks) => String(breaks.length) };

  it("replaces an earlier one, keeps what people entered, and says what went with its post", () => {
    const { content, lost } = contentWith(file, chosen);
    expect(content.posts.map((one) => one.id)).toEqual(["post-1", "alloc-1"]);
    expect(content.shifts.map((one) => [one.id, one.post, one.headcount, one.note])).toEqual([["shift-1", "post-1", 2, ""], ["rota-1", "alloc-1", 2, "2"]]);
    expect(content.summary).toBe("s");
    expect(lost).toBe(1);
  });

  it("leaves shifts alone when only posts are taken over, but none without its post", () => {
    const { content, lost } = contentWith(file, { ...chosen, shifts: [] });
    expect(content.shifts.map((one) => one.id)).toEqual(["shift-1", "rota-1"]);
    expect(lost).toBe(1);
  });
});
