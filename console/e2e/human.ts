/**
 * How long a person takes at these screens, reckoned from what the spec did at them: the keystroke-level model of
 * Card, Moran and Newell (Communications of the ACM 23(7), 1980, 396-410), which times somebody who knows the way and
 * makes no mistake. What is read is timed apart (Brysbaert 2019: 238 words a minute), what the machine takes is not in it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { BrowserContext, Locator } from "@playwright/test";

/** Seconds: a key of an average typist, hand between keyboard and mouse, pointing, pressing and releasing, making up one's mind. */
const PACE = { key: 0.28, home: 0.4, point: 1.1, press: 0.2, mind: 1.35, words: 238 };
/** Somebody who types with one finger and reads twice as slowly. */
const SLOW = { ...PACE, key: 1.2, words: 119 };
/** Choosing a file: its button, the file, the dialogue's own button. */
const OF_A_FILE = 3;
/** Longer runs of letters and figures are codes, compared four at a time. */
const CODE = 20;
const AT_A_TIME = 4;

type Doing = "click" | "field" | "file" | "key";

/** In the page: tell each thing done to it, and how many keys it would have taken. */
function listen(): void {
  const tell = (what: Doing, keys: number): void => { void (globalThis as unknown as { vigieDid: (what: Doing, keys: number) => Promise<void> }).vigieDid(what, keys); };
  addEventListener("pointerdown", () => { tell("click", 0); }, true);
  addEventListener("keydown", () => { tell("key", 1); }, true);
  addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.type === "file") tell("file", 0);
    else if (field instanceof HTMLInputElement && ["checkbox", "radio", "range"].includes(field.type)) return;
    else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) tell("field", field.value.length);
  }, true);
}

function seconds(person: Person, pace: typeof PACE): number {
  const click = pace.mind + pace.point + pace.press;
  const field = click + 2 * pace.home;
  const { clicks, fields, keys, files, words } = person;
  return clicks * click + fields * field + keys * pace.key + files * OF_A_FILE * click + (words / pace.words) * 60;
}

/** Somebody at their machine: what they did there. */
export class Person {
  clicks = 0;
  fields = 0;
  keys = 0;
  files = 0;
  words = 0;

  constructor(readonly name: string) {}

  /** Watch what is done in a browser of theirs. */
  async at(context: BrowserContext): Promise<void> {
    await context.exposeBinding("vigieDid", (_, what: Doing, keys: number) => {
      this.clicks += what === "click" ? 1 : 0;
      this.fields += what === "field" ? 1 : 0;
      this.files += what === "file" ? 1 : 0;
      this.keys += keys;
    });
    await context.addInitScript(listen);
    for (const page of context.pages()) await page.evaluate(listen);
  }

  /** What the spec spared them: menus to the place that it opened by its address. */
  opens(clicks: number): void {
    this.clicks += clicks;
  }

  /** A text typed outside these screens, or before they were watched. */
  types(...texts: string[]): void {
    this.fields += texts.length;
    this.keys += texts.join("").length;
  }

  /** All that is written there, read once. */
  async reads(place: Locator): Promise<void> {
    const found = (await place.innerText()).split(/\s+/).filter(Boolean);
    this.words += found.reduce((sum, word) => sum + (word.length > CODE ? word.length / AT_A_TIME : 1), 0);
  }
}

/** Minutes of each and of all, at the usual and at the slow pace; also written to a file. */
export function humanMinutes(people: readonly Person[], file: string): { usual: number; slow: number } {
  const told = people.map((one) => ({ ...one, usual: seconds(one, PACE) / 60, slow: seconds(one, SLOW) / 60 }));
  const found = { usual: told.reduce((sum, one) => sum + one.usual, 0), slow: told.reduce((sum, one) => sum + one.slow, 0) };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ people: told, ...found }, null, 2));
  return found;
}
