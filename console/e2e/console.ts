/** What every spec uses: a page that forgives no error, and the console's own words. */
import { randomUUID } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Browser, type Locator, type Page } from "@playwright/test";

export const STATE_FOLDER = "test-results/.state";
export const FIRST_PASSWORD = "vigie-demo";
export const NEW_PASSWORD = "une phrase assez longue pour les essais";

/** Around here the story's brawl is staged (story.spec.ts): the other specs leave its alert alone. */
export const STADIUM = { lon: 5.3958, lat: 43.2698 };

export function isOfTheStory(place: { lon: number | null; lat: number | null }): boolean {
  return Math.hypot((place.lon ?? 0) - STADIUM.lon, (place.lat ?? 0) - STADIUM.lat) < 0.03;
}

/** How far the run's clock is from the machine's (VIGIE_E2E_AT), milliseconds. */
export const AWAY_MS = Number(process.env["VIGIE_E2E_AWAY_MS"] ?? 0);

/** The time it is for the server and the pages. */
export function now(): Date {
  return new Date(Date.now() + AWAY_MS);
}

/** In the page, before anything of it runs: the same clock there. */
export function moveClock(away: number): void {
  const own = globalThis as { moved?: boolean };
  if (own.moved) return;
  own.moved = true;
  const real = Date;
  globalThis.Date = new Proxy(real, {
    construct: (target, given, as) => Reflect.construct(target, given.length > 0 ? given : [real.now() + away], as) as Date,
    apply: () => new real(real.now() + away).toString(),
    get: (target, name) => (name === "now" ? () => real.now() + away : Reflect.get(target, name) as unknown),
  });
}

/** Every page of this browser lives at the run's time. */
function liveAway(browser: Browser): void {
  const made = browser.newContext.bind(browser);
  browser.newContext = async (...given) => {
    const context = await made(...given);
    await context.addInitScript(moveClock, AWAY_MS);
    return context;
  };
}

interface Collector {
  /** Texts of expected faults, for the specs that provoke one. */
  allow: RegExp[];
}

/** Fails the test on any console error, page error, failed or foreign request that was not expected. */
export const test = base.extend<{ faults: Collector }, { clock: undefined }>({
  clock: [async ({ browser }, use) => {
    if (AWAY_MS !== 0) liveAway(browser);
    await use(undefined);
  }, { scope: "worker", auto: true }],
  context: async ({ context }, give) => {
    if (AWAY_MS !== 0) await context.addInitScript(moveClock, AWAY_MS);
    await give(context);
  },
  faults: [async ({ page, baseURL }, use) => {
    const faults: string[] = [];
    const collector: Collector = { allow: [] };
    page.on("console", (message) => { if (message.type() === "error") faults.push(`console: ${message.text()} ${message.location().url}`); });
    page.on("pageerror", (error) => { faults.push(`page: ${error.message}`); });
    page.on("requestfailed", (request) => {
      // A question that a newer one replaced is cancelled on purpose.
      const reason = request.failure()?.errorText ?? "";
      if (reason !== "net::ERR_ABORTED") faults.push(`request: ${request.url()} ${reason}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(baseURL ?? "") && !url.startsWith("blob:") && !url.startsWith("data:")) faults.push(`foreign: ${url}`);
    });
    page.on("response", (response) => { if (response.status() >= 400) faults.push(`answer: ${response.status()} ${response.url()}`); });
    await use(collector);
    const unexpected = faults.filter((fault) => !collector.allow.some((pattern) => pattern.test(fault)));
    expect(unexpected).toEqual([]);
  }, { auto: true }],
});

export { expect };

/** Wait until the map is there and the first answer has been drawn. */
export async function mapReady(page: Page): Promise<void> {
  await expect(page.locator('[data-testid="map"][data-ready="true"]')).toBeVisible({ timeout: 60_000 });
}

/** Change the address within the page: no reload, the map stays. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}

export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await mapReady(page);
}

/** The count that the legend tells for the present view. */
export async function countInView(page: Page): Promise<number> {
  const text = await page.getByRole("region", { name: "Légende" }).getByText(/dans la vue|montrés sur/).innerText();
  return Number(text.replace(/^.*montrés sur/s, "").replace(/[^\d]/g, ""));
}

export function panel(page: Page, name: string | RegExp): Locator {
  return page.getByRole("region", { name });
}

/** What a machine finds that would stop somebody on this page. */
export async function barriers(page: Page): Promise<string[]> {
  // The map's own canvas has a name; what it shows stands in the lists. Its inside is not ours to mend.
  // Asked without the blank page that would join what foreign frames say (there are none), and of faults alone.
  const found = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] }).exclude(".maplibregl-map").analyze();
  return found.violations.map((fault) => `${fault.id} (${fault.impact ?? ""}): ${fault.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(" | ")}`);
}

/** The same in both themes, of a page that is drawn once: as when the machine's evening begins. */
export async function barriersInBothThemes(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    found.push(...(await barriers(page)).map((one) => `${colorScheme}: ${one}`));
  }
  return found;
}

/** An agent in the street enters a fact, as a phone sends it; its id. */
export async function enterFact(page: Page, kind: string, cell: string): Promise<string> {
  const { csrf } = await (await page.request.get("/api/session")).json() as { csrf: string };
  const entry = { client_id: randomUUID(), kind, cell, at: now().toISOString(), text: "" };
  const told = await page.request.post("/api/field/reports", { data: { entries: [entry] }, headers: { "X-CSRF-Token": csrf } });
  const { items: [receipt] } = await told.json() as { items: { fact_id: string }[] };
  return receipt?.fact_id ?? "";
}

interface Shift { at: number; value: number; moved: string[] }
/** What of a `layout-shift` entry is read (Layout Instability, W3C draft); TypeScript does not know it. */
interface ShiftEntry extends PerformanceEntry { value: number; hadRecentInput: boolean; sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[] }

/** The most that a live room may shift by itself (web.dev/cls calls 0.1 good). */
export const MOST_SHIFT = 0.05;
/** A session of shifts ends with a second of rest, or after five. */
const REST_MS = 1_000;
const SESSION_MS = 5_000;

/** See from the next page on what moves by itself, and not within half a second of what a person does. */
export async function watchShifts(page: Page): Promise<() => Promise<{ score: number; moved: string[] }>> {
  await page.addInitScript(() => {
    const seen: Shift[] = [];
    Object.assign(window, { shifts: seen });
    new PerformanceObserver((list) => {
      for (const one of list.getEntries() as ShiftEntry[]) {
        if (one.hadRecentInput) continue;
        const moved = one.sources.map(({ node, previousRect: a, currentRect: b }) => `${node?.nodeName ?? ""}.${node instanceof Element ? node.getAttribute("class") ?? "" : ""} ${String(Math.round(a.x))},${String(Math.round(a.y))} ${String(Math.round(a.height))} -> ${String(Math.round(b.x))},${String(Math.round(b.y))} ${String(Math.round(b.height))}`);
        seen.push({ at: one.startTime, value: one.value, moved });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return async () => worst(await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts));
}

/** The cumulative layout shift: the worst session's sum, and what moved in it. */
function worst(shifts: Shift[]): { score: number; moved: string[] } {
  const sessions: Shift[][] = [];
  for (const one of shifts) {
    const now = sessions.at(-1);
    const [first, last] = [now?.[0], now?.at(-1)];
    if (now && first && last && one.at - last.at < REST_MS && one.at - first.at < SESSION_MS) now.push(one);
    else sessions.push([one]);
  }
  const scores = sessions.map((session) => ({ score: session.reduce((sum, one) => sum + one.value, 0), moved: session.flatMap((one) => [`${String(one.value)}:`, ...one.moved]) }));
  return scores.reduce((most, one) => (one.score > most.score ? one : most), { score: 0, moved: [] });
}
