/** What the story (specs/story.spec.ts) is told with: its persons, its pictures, the verifier of a package. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { AWAY_MS, barriers, expect, moveClock, NEW_PASSWORD } from "./console";

export const ROOT = resolve(import.meta.dirname, "../..");
export const HOME = join(tmpdir(), `vigie-e2e-home-${process.env["VIGIE_E2E_PORT"] ?? "8217"}`);
export const PYTHON = process.env["VIGIE_PYTHON"] ?? join(ROOT, ".venv/bin/python");
export const PORT = process.env["VIGIE_E2E_PORT"] ?? "8217";
const MOST_BYTES = 60_000;
const PICTURES = "test-results/story";
/** Where the README's pictures go; nowhere in a test run. */
const SHOWN = process.env["VIGIE_PICTURES"];

export async function picture(page: Page, name: string): Promise<void> {
  expect(await barriers(page), name).toEqual([]);
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: "disabled" });
}

/** A picture of the README: checked in every run, written where somebody asked for it. */
export async function shown(page: Page, name: string): Promise<void> {
  await picture(page, name);
  if (!SHOWN) return;
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 };
  const session = await page.context().newCDPSession(page);
  for (const quality of [70, 55, 40, 30]) {
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality, clip: { x: 0, y: 0, width, height, scale: 0.75 } });
    const bytes = Buffer.from(data, "base64");
    writeFileSync(join(SHOWN, `${name}.webp`), bytes);
    if (bytes.length <= MOST_BYTES) return;
  }
  throw new Error(`${name}: more than ${String(MOST_BYTES)} bytes`);
}

/** What the server refused or failed to answer, by anybody of the drill. */
export const faults: string[] = [];

/** What was refused since, without the names of cases; asked for once. */
export function refusals(): string[] {
  return faults.splice(0).map((fault) => fault.replace(/(case|req)_[^/]+/g, "$1"));
}

export function watch(page: Page): Page {
  page.on("pageerror", (error) => { faults.push(`page: ${error.message}`); });
  page.on("response", (response) => { if (response.status() >= 400) faults.push(`${String(response.status())} ${new URL(response.url()).pathname}`); });
  return page;
}

/** Somebody else at another machine; their first password is changed at once. */
export async function enter(browser: Browser, login: string, first: string, screen = "inquiries"): Promise<Page> {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] }, viewport: { width: 1280, height: 800 } });
  const page = watch(await context.newPage());
  await page.goto("/");
  await page.getByLabel("Identifiant").fill(login);
  await page.getByLabel("Mot de passe").fill(first);
  await page.getByRole("button", { name: "Entrer", exact: true }).click();
  await page.getByLabel("Mot de passe actuel").fill(first);
  await page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
  await page.getByLabel("Encore une fois").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Changer et entrer" }).click();
  await expect(page.locator(`main[data-screen="${screen}"]`)).toBeVisible();
  return page;
}

/** Somebody who has been here before, at the home of an address; the page lives that much later. */
export async function returns(browser: Browser, login: string, later: Later): Promise<Page> {
  const context = await browser.newContext({ baseURL: later.address, storageState: { cookies: [], origins: [] }, viewport: { width: 1280, height: 800 } });
  await context.addInitScript(moveClock, AWAY_MS + later.afterMs);
  const page = watch(await context.newPage());
  await page.goto("/");
  await page.getByLabel("Identifiant").fill(login);
  await page.getByLabel("Mot de passe").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Entrer", exact: true }).click();
  await expect(page.locator("main[data-screen]")).toBeVisible();
  return page;
}

export interface Later { address: string; afterMs: number; end: () => Promise<void> }

async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((found, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => { found(typeof address === "object" && address ? address.port : 0); });
    });
  });
}

/** What is only looked at must not listen: it would take the messages that the home it was copied from waits for. */
const DEAF = "[intake]\nmqtt = []\npoll = []\nsftp = []\nwatch = []\n";

/** A copy of the home as it stands, by the commands of the manual, served by a machine whose clock is ahead. */
export async function serveLater(afterMs: number): Promise<Later> {
  const folder = mkdtempSync(join(tmpdir(), "vigie-later-"));
  const [copies, keys, home, port] = [join(folder, "copies"), join(folder, "keys"), join(folder, "home"), await freePort()];
  const vigie = (...words: string[]): string[] => ["-m", "vigie.cli.main", ...words];
  execFileSync(PYTHON, vigie("backup", copies, "--home", HOME, "--keys-to", keys), { cwd: ROOT, stdio: "ignore" });
  execFileSync(PYTHON, vigie("restore", copies, "--home", home, "--keys", keys), { cwd: ROOT, stdio: "ignore" });
  const deaf = join(folder, "deaf.toml");
  writeFileSync(deaf, DEAF);
  // Python loads `clock/sitecustomize.py` by itself from its path (serve.mjs).
  const path = [join(import.meta.dirname, "clock"), process.env["PYTHONPATH"]].filter(Boolean).join(delimiter);
  const server = spawn(PYTHON, vigie("serve", "--home", home, "--port", String(port)), { cwd: ROOT, stdio: "ignore", env: { ...process.env, VIGIE_CLUSTER_FILE: deaf, PYTHONPATH: path, VIGIE_E2E_AWAY_MS: String(AWAY_MS + afterMs) } });
  const ended = new Promise<void>((done) => { server.once("exit", () => { done(); }); });
  const address = `http://127.0.0.1:${String(port)}`;
  await expect.poll(async () => fetch(`${address}/readyz`).then((answer) => answer.status, () => 0), { timeout: 120_000 }).toBe(200);
  return {
    address, afterMs,
    end: async () => {
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Make an account and return its first password: those of the demonstration have been entered by other specs. */
export function addAccount(login: string, role: string): string {
  const told = execFileSync(PYTHON, ["-m", "vigie.cli.main", "user", "add", login, "--role", role, "--home", HOME, "--json"], { cwd: ROOT, encoding: "utf-8" });
  return (JSON.parse(told) as { password: string }).password;
}

/** Run the package's own verifier, alone: no site packages, no path of this program. */
export function verifyElsewhere(file: string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "vigie-elsewhere-"));
  const own = join(folder, "dossier.zip");
  copyFileSync(file, own);
  execFileSync("python3", ["-S", "-c", "import sys,zipfile; zipfile.ZipFile(sys.argv[1]).extract('verify_evidence.py', sys.argv[2])", own, folder]);
  const done = spawnSync("python3", ["-S", "-I", join(folder, "verify_evidence.py"), own], { cwd: folder, encoding: "utf-8", env: {} });
  rmSync(folder, { recursive: true });
  return { status: done.status, said: done.stdout + done.stderr };
}

/** A wall-clock text some hours later; the days of clock changes need not be exact here. */
export function hoursFrom(text: string, hours: number): string {
  return new Date(Date.parse(`${text}:00Z`) + hours * 3_600_000).toISOString().slice(0, 16);
}

export async function exactHash(page: Page): Promise<string> {
  const text = await page.getByRole("region", { name: /Article 60-1/ }).getByText(/^[0-9a-f]{64}$/).first().innerText();
  return text.trim();
}
