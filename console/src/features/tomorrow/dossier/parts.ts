/** The lists of an event's file: what each item holds, and what a new one begins with. */
import type { Content } from "@/api/dossier";

export type ListName = "posts" | "shifts" | "barriers" | "closures" | "diversions" | "messages" | "contacts" | "reflex_cards" | "documents" | "checklist";
export type FieldKind = "text" | "long" | "count" | "instant" | "choice" | "choices" | "check" | "point" | "line" | "post" | "steps";

export interface FieldSpec {
  name: string;
  kind: FieldKind;
  /** Values to choose from; their words stand under `dossier.WORDS`. */
  options?: readonly string[];
  words?: string;
}

/** An item as the form changes it: always with an id. */
export type Item = { id: string } & Record<string, unknown>;

export interface ListSpec {
  name: ListName;
  /** Letter of the short name that its items bear on map and paper. */
  letter?: string;
  fields: readonly FieldSpec[];
  /** A new item; null while one cannot be made (a shift needs a post). */
  blank: (content: Content, hours: { from: string; to: string }) => Omit<Item, "id"> | null;
}

const POSTS = ["agents", "first_aid", "filter", "barrier_crossing", "fire", "command", "traffic", "reception"] as const;
const BARRIERS = ["crowd", "fence", "concrete", "vehicle", "water", "tape"] as const;
const EXEMPT = ["emergency", "residents", "transit", "deliveries", "cycles", "pedestrians", "organiser"] as const;
const AUDIENCES = ["public", "residents", "shops", "drivers", "passengers", "services", "press"] as const;
const CHANNELS = ["web", "panels", "posters", "letters", "loudspeakers", "radio", "transport", "cell_broadcast"] as const;

const text = (name: string): FieldSpec => ({ name, kind: "text" });
const FROM: FieldSpec = { name: "from_at", kind: "instant" };
const TO: FieldSpec = { name: "to_at", kind: "instant" };
const HEADCOUNT: FieldSpec = { name: "headcount", kind: "count" };

export const LISTS: readonly ListSpec[] = [
  {
    name: "posts", letter: "P",
    fields: [text("name"), { name: "kind", kind: "choice", options: POSTS, words: "post" }, HEADCOUNT, FROM, TO, text("service"), { name: "mission", kind: "long" }, { name: "place", kind: "point" }],
    blank: (_, { from, to }) => ({ name: "", kind: "agents", place: null, headcount: 2, from_at: from, to_at: to, service: "", mission: "" }),
  },
  {
    name: "shifts",
    fields: [{ name: "post", kind: "post" }, HEADCOUNT, FROM, TO, text("service"), text("note")],
    blank: (content, { from, to }) => {
      const post = content.posts?.[0];
      return post ? { post: post.id, headcount: post.headcount, from_at: from, to_at: to, service: post.service ?? "", note: "" } : null;
    },
  },
  {
    name: "barriers", letter: "B",
    fields: [text("name"), { name: "kind", kind: "choice", options: BARRIERS, words: "barrier" }, { name: "count", kind: "count" }, text("note"), { name: "line", kind: "line" }],
    blank: () => ({ name: "", kind: "crowd", line: null, count: 10, note: "" }),
  },
  {
    name: "closures", letter: "F",
    fields: [text("street"), FROM, TO, { name: "exempt", kind: "choices", options: EXEMPT, words: "whom" }, text("note"), { name: "line", kind: "line" }],
    blank: (_, { from, to }) => ({ street: "", line: null, from_at: from, to_at: to, exempt: ["emergency", "residents"], note: "" }),
  },
  {
    name: "diversions", letter: "D",
    fields: [text("name"), { name: "whom", kind: "choices", options: ["drivers", "transit", "cycles", "pedestrians", "emergency", "residents", "deliveries"], words: "whom" }, text("note"), { name: "line", kind: "line" }],
    blank: () => ({ name: "", line: null, whom: ["drivers"], note: "" }),
  },
  {
    name: "messages",
    fields: [{ name: "audience", kind: "choice", options: AUDIENCES, words: "whom" }, { name: "channel", kind: "choice", options: CHANNELS, words: "channel" }, { name: "at", kind: "instant" }, { name: "fr", kind: "long" }, { name: "en", kind: "long" }],
    blank: (_, { from }) => ({ audience: "public", channel: "web", at: from, fr: "", en: "" }),
  },
  { name: "contacts", fields: [text("service"), text("function"), text("telephone")], blank: () => ({ service: "", function: "", telephone: "" }) },
  { name: "reflex_cards", fields: [text("title"), text("trigger"), { name: "steps", kind: "steps" }], blank: () => ({ title: "", trigger: "", steps: [] }) },
  { name: "checklist", fields: [text("text"), text("function"), { name: "done", kind: "check" }], blank: () => ({ text: "", function: "", done: false }) },
  { name: "documents", fields: [text("name"), text("sha256")], blank: () => ({ name: "", sha256: "" }) },
];

export function itemsOf(content: Content, name: ListName): Item[] {
  return (content[name] ?? []) as unknown as Item[];
}

export function withItems(content: Content, name: ListName, items: readonly Item[]): Content {
  const next = { ...content, [name]: items } as Content;
  if (name !== "posts") return next;
  const posts = new Set(items.map((one) => one.id));
  return { ...next, shifts: (content.shifts ?? []).filter((shift) => posts.has(shift.post)) };
}

/** A new id: short, and none of those taken. */
export function freshId(name: ListName, items: readonly Item[]): string {
  const taken = new Set(items.map((one) => one.id));
  const stem = name.replaceAll("_", "-").replace(/s$/, "");
  let n = items.length + 1;
  while (taken.has(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}

/** What an item is called in a list. */
export function titleOf(item: Item, content: Content): string {
  const post = (content.posts ?? []).find((one) => one.id === item["post"]);
  for (const value of [item["name"], item["street"], item["title"], post?.name, item["service"], item["text"], item["fr"]]) {
    if (typeof value === "string" && value !== "") return value;
  }
  return "";
}
