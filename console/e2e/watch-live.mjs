/**
 * An operator's page under load: prints a line of JSON for each row that comes to stand on the screen, with the instant.
 *
 *   node e2e/watch-live.mjs --url http://127.0.0.1:8000 --login L --password P --path '/aujourdhui?panel=live' --shot banner.png
 *
 * Ends when its input is closed. `python3 run.py bench live --operator` runs it.
 */
import { chromium } from "@playwright/test";
import { parseArgs } from "node:util";
import { CHROMIUM, FLAGS } from "./browser.mjs";

const { values: asked } = parseArgs({
  options: {
    url: { type: "string" }, login: { type: "string" }, password: { type: "string" },
    path: { type: "string", default: "/aujourdhui?panel=live" }, shot: { type: "string" },
  },
});

const say = (what) => { process.stdout.write(`${JSON.stringify(what)}\n`); };
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.exposeFunction("seen", (rows) => { say({ rows }); });
await page.goto(asked.url, { timeout: 120_000 });
await page.locator('input[name="login"]').fill(asked.login);
await page.locator('input[name="password"]').fill(asked.password);
await page.locator('button[type="submit"]').click();
await page.locator("main[data-screen]").waitFor({ timeout: 120_000 });
await page.goto(asked.url + asked.path, { timeout: 120_000 });
await page.locator('[role="tabpanel"]').first().waitFor({ timeout: 120_000 });
await page.evaluate(() => {
  const known = new Set();
  const look = () => {
    const fresh = [];
    for (const row of document.querySelectorAll("li[data-fact]")) {
      const id = row.getAttribute("data-fact");
      if (!known.has(id)) { known.add(id); fresh.push(id); }
    }
    // What was drawn is on the screen with the next frame.
    if (fresh.length > 0) requestAnimationFrame(() => { const at = Date.now(); void window.seen(fresh.map((id) => [id, at])); });
  };
  look();
  new window.MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-fact"] });
});
say({ ready: true });
process.stdin.resume();
await new Promise((done) => { process.stdin.on("end", done); });
if (asked.shot) await page.screenshot({ path: asked.shot });
await browser.close();
