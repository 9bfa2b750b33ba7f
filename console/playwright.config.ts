import { defineConfig, devices } from "@playwright/test";
import { existsSync } from "node:fs";
import { CALM, CHROMIUM, FLAGS } from "./e2e/browser.mjs";

const port = process.env["VIGIE_E2E_PORT"] ?? "8217";

if (!existsSync(CHROMIUM)) throw new Error(`No Chromium at ${CHROMIUM}: apt-get install chromium, or set VIGIE_CHROMIUM.`);

// The whole run at another time (VIGIE_E2E_AT=2027-01-01T03:10+01:00): how far away, told once to the server, the workers and the pages.
const at = process.env["VIGIE_E2E_AT"];
if (at) process.env["VIGIE_E2E_AWAY_MS"] ??= String(Date.parse(at) - Date.now());

// Noting every state of every page costs a tenth of each: done for specs that are named, as those that are run again alone (tests/everything.py) are.
process.env["VIGIE_E2E_TRACE"] ??= process.argv.some((one) => one.includes(".spec.ts")) ? "retain-on-failure" : "off";
const trace = process.env["VIGIE_E2E_TRACE"] === "off" ? "off" : "retain-on-failure";

const DESK = { viewport: { width: 1280, height: 800 }, storageState: "test-results/.state/shift_head.json" };

export default defineConfig({
  testDir: "e2e/specs",
  outputDir: "test-results",
  // How long a wait may last on a laden machine; a wait ends when its condition holds.
  timeout: 480_000,
  expect: { timeout: 60_000 },
  // Files side by side, each file in its order: what one leaves behind no other reads.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env["CI"]),
  // tests/everything.py reads which files failed.
  reporter: [["list"], ["json", { outputFile: "test-results/told.json" }]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    locale: "fr-FR",
    timezoneId: "Europe/Paris",
    reducedMotion: "reduce",
    // The pages as they stood at each step; filming them as well costs the software renderer a frame each time.
    trace: { mode: trace, screenshots: false },
    screenshot: "only-on-failure",
    launchOptions: { executablePath: CHROMIUM, args: [...FLAGS, ...CALM] },
  },
  projects: [
    { name: "entry", testMatch: /entry\.setup\.ts/ },
    // The longest file starts first: begun in its place, the other worker would have nothing left to do at the end.
    { name: "story", dependencies: ["entry"], testMatch: /story\.spec\.ts/, use: DESK },
    { name: "desk", dependencies: ["entry"], testIgnore: /(phone|story)\.spec\.ts/, use: DESK },
    { name: "phone", dependencies: ["entry"], testMatch: /phone\.spec\.ts/, use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 }, storageState: "test-results/.state/shift_head.json" } },
  ],
  webServer: {
    command: `node e2e/serve.mjs ${port}`,
    url: `http://127.0.0.1:${port}/readyz`,
    timeout: 300_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    stdout: "ignore",
    stderr: "pipe",
  },
});
