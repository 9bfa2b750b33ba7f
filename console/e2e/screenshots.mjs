/**
 * Every screen in both languages, both themes and the reference sizes, as PNG files to look at.
 *
 *   npm run screens -- --url http://127.0.0.1:8000 --out /tmp/screens [--login L --password P --new-password N] [--only today,map] [--lang fr] [--theme light] [--size 1440]
 *     [--event PLAN_ID]   the plan whose event page is shown
 */
import { chromium } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { CHROMIUM, FLAGS } from "./browser.mjs";

const { values: asked } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8000" },
    out: { type: "string", default: "screens" },
    login: { type: "string" },
    password: { type: "string" },
    "new-password": { type: "string", default: "une phrase pour les images" },
    only: { type: "string" },
    event: { type: "string" },
    lang: { type: "string", default: "fr,en" },
    theme: { type: "string", default: "light,dark" },
    size: { type: "string", default: "390,1440,3840" },
  },
});

const SIZES = { 390: [390, 844], 1440: [1440, 900], 3840: [3840, 2160] };

/** Name, address, what to do before the picture, and whether the wall shows it. */
const SCREENS = [
  { name: "signin", path: "/", out: true },
  { name: "today", path: "/aujourdhui?panel=live", wall: true },
  { name: "today-map", path: "/aujourdhui?panel=none", wall: true },
  { name: "today-street", path: "/aujourdhui?panel=none&at=5.3790,43.2965,15.2&period=7d" },
  { name: "today-filters", path: "/aujourdhui?panel=filters&period=7d" },
  { name: "today-balance", path: "/aujourdhui?panel=live&tab=balance&period=7d" },
  { name: "today-alerts", path: "/aujourdhui?panel=live&tab=alerts" },
  { name: "today-rules", path: "/aujourdhui?panel=live&tab=alerts&rules=1" },
  { name: "today-indicators", path: "/aujourdhui?panel=live&tab=indicators" },
  { name: "wall", path: "/aujourdhui?wall=1", wall: true, noMap: true, slow: true },
  { name: "today-shift", path: "/aujourdhui?panel=live&tab=shift", wall: true, slow: true },
  { name: "today-crowds", path: "/aujourdhui?panel=live&tab=crowds&crowd=1", slow: true },
  { name: "today-situation-act", path: "/aujourdhui?panel=none&situation=5.379,43.2965&srad=2000&sback=24&stab=act", slow: true },
  { name: "today-means", path: "/aujourdhui?panel=live&tab=means" },
  { name: "today-situation", path: "/aujourdhui?panel=none&situation=5.379,43.2965&srad=2000&sback=24", wall: true, slow: true },
  { name: "today-closed", path: "/aujourdhui?panel=none&closed=1" },
  { name: "today-situation-who", path: "/aujourdhui?panel=none&situation=5.379,43.2965&srad=2000&sback=24&stab=who", slow: true },
  { name: "today-fact", path: "/aujourdhui?panel=live", act: openFirstFact },
  { name: "tomorrow", path: "/demain", wall: true, act: openPanel },
  { name: "tomorrow-plan", path: "/demain", act: openFirstPlan },
  ...["clashes", "forecast", "scores", "effects"].map((view) => ({ name: `tomorrow-${view}`, path: `/demain?view=${view}`, wall: view === "forecast", slow: true })),
  ...(asked.event ? ["file", "similar", "whatif", "means", "after"] : []).map((tab) => ({ name: `event-${tab}`, path: `/demain?event=${asked.event}&tab=${tab}`, slow: true })),
  { name: "yesterday", path: "/hier?panel=past", wall: true },
  { name: "yesterday-analyses", path: "/hier?panel=past&tab=analyses" },
  { name: "yesterday-answer", path: "/hier?panel=past&tab=analyses", act: runFirstAnalysis },
  { name: "cameras", path: "/cameras", wall: true },
  { name: "cameras-grants", path: "/cameras?tab=grants" },
  { name: "cameras-clips", path: "/cameras?tab=clips" },
  { name: "sources", path: "/sources", wall: true },
  { name: "sources-one", path: "/sources", act: openFirstSource },
  { name: "sources-contract", path: "/sources?of=sensors_noise_live&view=contract" },
  { name: "quarantine", path: "/sources?tab=quarantine", act: openFirstRow },
  { name: "liberties", path: "/libertes", wall: true },
  ...["register", "budget", "retention", "personal", "proofs", "glass", "rights"].map((tab) => ({ name: `liberties-${tab}`, path: `/libertes?tab=${tab}` })),
];

async function openPanel(page) {
  const closed = page.getByRole("button", { name: "Agenda" });
  if (await closed.count()) await closed.first().click();
}

async function click(page, locator) {
  if (await locator.count()) await locator.first().click();
  else console.log(`  nothing to open on ${page.url()}`);
}

async function openFirstFact(page) {
  await click(page, page.locator('li button[aria-pressed]'));
}

async function openFirstPlan(page) {
  await openPanel(page);
  await page.waitForTimeout(800);
  await click(page, page.locator('section li button[aria-pressed]'));
}

async function runFirstAnalysis(page) {
  await click(page, page.locator('[role="tabpanel"] li button'));
  await click(page, page.locator('form button[type="submit"]'));
  await page.waitForTimeout(2500);
}

async function openFirstSource(page) {
  await click(page, page.locator("tbody th button"));
}

async function openFirstRow(page) {
  await click(page, page.locator("tbody th button"));
}

async function signIn(page, picture) {
  await page.goto(asked.url);
  if (!asked.login) return;
  await page.locator('input[name="login"]').fill(asked.login);
  await page.locator('input[name="password"]').fill(asked.password ?? "");
  await page.locator('button[type="submit"]').click();
  await page.locator('main[data-screen], input[name="again"]').first().waitFor();
  if (await page.locator('input[name="again"]').count()) {
    await page.locator('input[name="current"]').fill(asked.password ?? "");
    await page.locator('input[name="new"]').fill(asked["new-password"]);
    await page.locator('input[name="again"]').fill(asked["new-password"]);
    await picture("password");
    await page.locator('button[type="submit"]').click();
  }
  await page.locator("main[data-screen]").waitFor();
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
mkdirSync(asked.out, { recursive: true });
const wanted = asked.only?.split(",");
let state;
for (const lang of asked.lang.split(",")) {
  for (const theme of asked.theme.split(",")) {
    for (const size of asked.size.split(",")) {
      const [width, height] = SIZES[size];
      const context = await browser.newContext({
        viewport: { width, height }, colorScheme: theme, locale: lang === "fr" ? "fr-FR" : "en-GB",
        reducedMotion: "reduce", ...(state ? { storageState: state } : {}),
      });
      const page = await context.newPage();
      page.on("console", (message) => { if (message.type() === "error") console.log("  console:", message.text().slice(0, 300)); });
      page.on("pageerror", (error) => { console.log("  page error:", error.message.slice(0, 500)); });
      const picture = async (name) => {
        const file = `${asked.out}/${name}-${lang}-${theme}-${size}.png`;
        await page.screenshot({ path: file });
        console.log(file);
      };
      if (!state && asked.login) {
        await page.goto(asked.url);
        await page.waitForTimeout(1000);
        if (!wanted || wanted.includes("signin")) await picture("signin");
        await signIn(page, picture);
        state = await context.storageState();
      }
      for (const screen of SCREENS) {
        if (screen.out || (wanted && !wanted.includes(screen.name)) || (size === "3840" && !screen.wall)) continue;
        await page.goto(asked.url + screen.path);
        if (!screen.noMap) await page.locator('[data-testid="map"][data-ready="true"]').waitFor({ timeout: 60_000 });
        await page.waitForLoadState("load");
        await page.waitForTimeout(screen.slow ? 6000 : 2500);
        if (screen.act) {
          await screen.act(page);
          await page.waitForTimeout(1800);
        }
        await picture(screen.name);
      }
      await context.close();
    }
  }
}
await browser.close();
