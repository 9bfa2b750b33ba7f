/**
 * Map interaction with many facts in view, measured in a real browser against a running server.
 *
 *   npm run bench:map -- --url http://127.0.0.1:8000 --login analyst --password ... [--path "/hier?panel=none&period=all"]
 *
 * First paint: from navigation to the first frame after the data of the view was handed to the map.
 * Pan: twelve drags across the city; a stall is the gap between two animation frames of the page's main thread
 * while the map moves. Software WebGL has no GPU: the figures say which renderer was used.
 */
import { chromium } from "@playwright/test";
import { parseArgs } from "node:util";
import { CHROMIUM, FLAGS } from "./browser.mjs";

const { values: asked } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8000" },
    login: { type: "string", default: "analyst" },
    password: { type: "string", default: "" },
    path: { type: "string", default: "/hier?panel=none&period=all" },
    width: { type: "string", default: "1440" },
    height: { type: "string", default: "900" },
    drags: { type: "string", default: "12" },
  },
});

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const context = await browser.newContext({ viewport: { width: Number(asked.width), height: Number(asked.height) }, reducedMotion: "reduce" });
const page = await context.newPage();
await page.goto(asked.url);
await page.locator('input[name="login"]').fill(asked.login);
await page.locator('input[name="password"]').fill(asked.password);
await page.locator('button[type="submit"]').click();
await page.locator("main[data-screen]").waitFor();

// The second visit of a person: files are in the browser's cache, data is not.
const answered = page.waitForResponse((response) => response.url().includes("/api/map?"));
await page.goto(asked.url + asked.path, { waitUntil: "commit" });
const response = await answered;
const answer = await response.json();
await page.locator('[data-testid="map"][data-painted]').waitFor();
const painted = await page.evaluate(() => Number(document.querySelector('[data-testid="map"]')?.getAttribute("data-painted")));
const mapReady = await page.evaluate(() => performance.getEntriesByName("vigie-map-ready")[0]?.startTime ?? null);
const timing = response.request().timing();

await page.evaluate(() => {
  window.gaps = [];
  let last = performance.now();
  const tick = (now) => {
    window.gaps.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  window.longTasks = [];
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.longTasks.push(entry.duration); }).observe({ entryTypes: ["longtask"] });
});
const [cx, cy] = [Number(asked.width) / 2, Number(asked.height) / 2 - 60];
await page.waitForTimeout(1000);
await page.evaluate(() => { window.gaps.length = 0; window.longTasks.length = 0; });
for (let i = 0; i < Number(asked.drags); i += 1) {
  const angle = (i * 2 * Math.PI) / Number(asked.drags);
  await page.mouse.move(cx, cy);
  await page.mouse.down();
  await page.mouse.move(cx + 220 * Math.cos(angle), cy + 160 * Math.sin(angle), { steps: 15 });
  await page.mouse.up();
  await page.waitForTimeout(250);
}
const { gaps, longTasks } = await page.evaluate(() => ({ gaps: window.gaps, longTasks: window.longTasks }));
const renderer = await page.evaluate(() => {
  const gl = document.createElement("canvas").getContext("webgl2");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  return info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "unknown";
});
gaps.sort((a, b) => a - b);
const at = (share) => Math.round(gaps[Math.min(gaps.length - 1, Math.floor(share * gaps.length))] ?? 0);
console.log(JSON.stringify({
  name: "bench:map",
  figures: {
    facts_in_view: answer.total, drawn: answer.shown, mode: answer.mode, features: answer[answer.mode].length,
    map_answer_ms: Math.round(timing.responseEnd), map_ready_ms: mapReady === null ? null : Math.round(mapReady), first_paint_ms: Math.round(painted),
    pan_frames: gaps.length, frame_p50_ms: at(0.5), frame_p95_ms: at(0.95), longest_gap_ms: at(1),
    long_tasks: longTasks.length, longest_task_ms: Math.round(Math.max(0, ...longTasks)),
    renderer,
  },
}));
await browser.close();
