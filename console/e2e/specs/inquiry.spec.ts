/**
 * Enquêtes, the drill: a requisition by one account, approved by two others, opened once, its package checked by
 * the verifier that it contains, by a Python that knows nothing of Vigie.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { barriers, expect, FIRST_PASSWORD, NEW_PASSWORD, open, STATE_FOLDER, test } from "../console";

const ROOT = resolve(import.meta.dirname, "../../..");
const HOME = join(tmpdir(), `vigie-e2e-home-${process.env["VIGIE_E2E_PORT"] ?? "8217"}`);
const PYTHON = process.env["VIGIE_PYTHON"] ?? join(ROOT, ".venv/bin/python");
const PICTURES = "test-results/inquiry";
const CORNERS = ["43.27, 5.35", "43.27, 5.41", "43.32, 5.41", "43.32, 5.35"];

async function picture(page: Page, name: string): Promise<void> {
  expect(await barriers(page), name).toEqual([]);
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: "disabled" });
}

/** What the server refused or failed to answer, by anybody of the drill. */
const faults: string[] = [];

function watch(page: Page): Page {
  page.on("pageerror", (error) => { faults.push(`page: ${error.message}`); });
  page.on("response", (response) => { if (response.status() >= 400) faults.push(`${String(response.status())} ${new URL(response.url()).pathname}`); });
  return page;
}

/** Somebody else at another machine; their first password is changed at once. */
async function enter(browser: Browser, login: string, first: string): Promise<Page> {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = watch(await context.newPage());
  await page.goto("/");
  await page.getByLabel("Identifiant").fill(login);
  await page.getByLabel("Mot de passe").fill(first);
  await page.getByRole("button", { name: "Entrer", exact: true }).click();
  await page.getByLabel("Mot de passe actuel").fill(first);
  await page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
  await page.getByLabel("Encore une fois").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Changer et entrer" }).click();
  await expect(page.locator('main[data-screen="inquiries"]')).toBeVisible();
  return page;
}

function addInvestigator(login: string): string {
  const told = execFileSync(PYTHON, ["-m", "vigie.cli.main", "user", "add", login, "--role", "investigator", "--home", HOME, "--json"], { cwd: ROOT, encoding: "utf-8" });
  return (JSON.parse(told) as { password: string }).password;
}

/** Run the package's own verifier, alone: no site packages, no path of this program. */
function verifyElsewhere(file: string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "vigie-elsewhere-"));
  const own = join(folder, "dossier.zip");
  copyFileSync(file, own);
  execFileSync("python3", ["-S", "-c", "import sys,zipfile; zipfile.ZipFile(sys.argv[1]).extract('verify_evidence.py', sys.argv[2])", own, folder]);
  const done = spawnSync("python3", ["-S", "-I", join(folder, "verify_evidence.py"), own], { cwd: folder, encoding: "utf-8", env: {} });
  rmSync(folder, { recursive: true });
  return { status: done.status, said: done.stdout + done.stderr };
}

/** A wall-clock text some hours later; the days of clock changes need not be exact here. */
function hoursFrom(text: string, hours: number): string {
  return new Date(Date.parse(`${text}:00Z`) + hours * 3_600_000).toISOString().slice(0, 16);
}

async function exactHash(page: Page): Promise<string> {
  const text = await page.getByRole("region", { name: /Article 60-1/ }).getByText(/^[0-9a-f]{64}$/).first().innerText();
  return text.trim();
}

test("from the requisition to a package that proves itself elsewhere", async ({ browser }) => {
  // Three persons, a vault and a package: longer than one screen's spec.
  test.setTimeout(900_000);
  const act = join(mkdtempSync(join(tmpdir(), "vigie-act-")), "acte.pdf");
  writeFileSync(act, "%PDF-1.7 un acte d'essai");
  const asker = await enter(browser, "investigator", FIRST_PASSWORD);
  const custodian = await enter(browser, "karim", addInvestigator("karim"));

  await test.step("the investigator opens a case and marks a hypothesis as one", async () => {
    await expect(asker.getByRole("link", { name: "Aujourd’hui" })).toHaveCount(0);
    await asker.getByRole("button", { name: "Ouvrir un dossier" }).click();
    await asker.getByLabel("Référence").fill("26/01234");
    await asker.getByLabel("Service qui conduit l’enquête").fill("Parquet de Marseille");
    await asker.getByLabel("Gardien des preuves").fill("karim");
    await asker.getByRole("button", { name: "Ouvrir le dossier" }).click();
    await expect(asker.getByRole("region", { name: "Dossier 26/01234" })).toBeVisible();
    await asker.getByLabel("Texte").fill("Demander les horaires du match");
    await asker.getByRole("radio", { name: "Tâche" }).click();
    await asker.getByRole("button", { name: "Écrire" }).click();
    await asker.getByRole("button", { name: "C’est fait" }).click();
    await expect(asker.getByText("Tâche faite")).toBeVisible();
    await asker.getByRole("tab", { name: "Chronologie" }).click();
    await asker.getByText("Écrire dans la chronologie").click();
    await asker.getByRole("radio", { name: "Hypothèse" }).click();
    await asker.getByLabel("Texte").fill("Le groupe viendrait du stade");
    await asker.getByLabel("Coordonnées").fill("43.295, 5.375");
    await asker.getByRole("button", { name: "Ajouter", exact: true }).click();
    await asker.getByRole("button", { name: "Écrire", exact: true }).click();
    await expect(asker.getByRole("list", { name: "Chronologie" }).getByText("Hypothèse")).toBeVisible();
  });

  await test.step("a requisition freezes what its act covers, and a wider query is refused", async () => {
    await asker.getByRole("tab", { name: "Réquisitions" }).click();
    await asker.getByRole("button", { name: "Entrer une réquisition" }).click();
    await asker.getByLabel("Numéro").fill("2026/0417");
    for (const corner of CORNERS) {
      await asker.getByLabel("Coordonnées").fill(corner);
      await asker.getByRole("button", { name: "Ajouter", exact: true }).click();
    }
    const sure = asker.getByRole("button", { name: "Entrer et geler" });
    await expect(sure).toBeDisabled();
    await asker.getByLabel("Acte écrit").setInputFiles(act);
    await expect(asker.getByRole("status").filter({ hasText: "SHA-256" })).toBeVisible();
    await picture(asker, "requisition");
    await sure.click();
    const one = asker.getByRole("region", { name: /Article 60-1/ });
    await expect(one.getByText("Attend deux approbations")).toBeVisible();
    await expect(one.getByText("Qui demande n’approuve pas.")).toBeVisible();
    await expect(one.getByRole("button", { name: "Approuver cette requête exacte" })).toHaveCount(0);
    await one.getByText("Resserrer la requête").click();
    const from = one.getByLabel("Du", { exact: true });
    const whole = await from.inputValue();
    await from.fill(hoursFrom(whole, -1));
    await one.getByRole("button", { name: "Lier cette requête" }).click();
    await expect(one.getByRole("alert")).toContainText("la requête dépasse l’acte (la fenêtre)");
    await picture(asker, "refused");
    const wide = await exactHash(asker);
    await from.fill(hoursFrom(whole, 2));
    await one.getByRole("button", { name: "Lier cette requête" }).click();
    await expect.poll(() => exactHash(asker)).not.toBe(wide);
    await expect(one.getByRole("alert")).toHaveCount(0);
  });

  await test.step("two others approve the exact query that they are shown", async () => {
    const address = new URL(asker.url());
    const sha256 = await exactHash(asker);
    const officer = watch(await (await browser.newContext({ storageState: `${STATE_FOLDER}/dpo.json` })).newPage());
    for (const [page, side] of [[custodian, "gardien"], [officer, "contrôle"]] as const) {
      await page.goto(address.pathname + address.search);
      const one = page.getByRole("region", { name: /Article 60-1/ });
      await expect(one.getByText(sha256).first()).toBeVisible();
      await one.getByText("Le texte exact").click();
      await expect(one.getByLabel("Le texte exact")).toContainText("ring_e7");
      await one.getByRole("button", { name: "Approuver cette requête exacte" }).click();
      await expect(one.getByRole("listitem").filter({ hasText: side })).toBeVisible();
      await expect(one.getByRole("button", { name: "Approuver cette requête exacte" })).toHaveCount(0);
    }
    await expect(officer.getByRole("tab", { name: "Chronologie" })).toHaveCount(0);
    await expect(officer.getByRole("region", { name: /Article 60-1/ }).getByText("Approuvée")).toBeVisible();
    await officer.emulateMedia({ colorScheme: "dark" });
    await picture(officer, "approved-dark");
    await officer.context().close();
  });

  const download = await test.step("the vault opens once, and the package is checked here", async () => {
    await asker.getByRole("button", { name: "Relire" }).click();
    const one = asker.getByRole("region", { name: /Article 60-1/ });
    await one.getByRole("button", { name: "Réunir et sceller" }).click();
    await one.getByRole("button", { name: "Oui, utiliser la réquisition" }).click();
    await expect(one.getByRole("heading", { name: "Paquet de preuves" })).toBeVisible({ timeout: 120_000 });
    await expect(one.getByRole("button", { name: "Réunir et sceller" })).toHaveCount(0);
    await one.getByRole("button", { name: "Vérifier ici" }).click();
    await expect(one.getByText(/Chaque octet est celui qui a été scellé/)).toBeVisible();
    await picture(asker, "package");
    const [file] = await Promise.all([asker.waitForEvent("download"), one.getByRole("button", { name: "Télécharger" }).click()]);
    return file.path();
  });

  await test.step("its own verifier agrees elsewhere, and names the file of an altered byte", async () => {
    const sound = verifyElsewhere(download);
    expect(sound.said).toContain("OK");
    expect(sound.status).toBe(0);
    const bytes = readFileSync(download);
    const at = bytes.indexOf("<!doctype html", 0, "latin1");
    expect(at).toBeGreaterThan(0);
    bytes[at + 40] = (bytes[at + 40] ?? 0) ^ 1;
    const changed = join(mkdtempSync(join(tmpdir(), "vigie-changed-")), "dossier.zip");
    writeFileSync(changed, bytes);
    const broken = verifyElsewhere(changed);
    expect(broken.said).toContain("index.html");
    expect(broken.status).not.toBe(0);
  });

  await test.step("facts, plans and measures stand in the timeline by place and time", async () => {
    await asker.getByRole("button", { name: "Voir la chronologie" }).click();
    const list = asker.getByRole("list", { name: "Chronologie" });
    await expect(list.getByRole("listitem").nth(2)).toBeVisible({ timeout: 180_000 });
    await asker.getByRole("region", { name: /Article 60-1/ }).getByRole("button", { name: "Fermer" }).click();
    await list.getByRole("button").filter({ hasText: "Faits" }).first().click();
    await expect(list.getByRole("button", { pressed: true })).toHaveCount(1);
    await picture(asker, "timeline");
    await asker.getByRole("tab", { name: "Historique" }).click();
    await expect(asker.getByText("Coffre ouvert, une fois")).toBeVisible();
    expect(await barriers(asker)).toEqual([]);
  });

  await test.step("the same in English, by night", async () => {
    await asker.getByRole("button", { name: /^Compte de/ }).click();
    await asker.getByRole("radio", { name: "English" }).click();
    await asker.keyboard.press("Escape");
    await asker.emulateMedia({ colorScheme: "dark" });
    await asker.getByRole("tab", { name: "File" }).click();
    await expect(asker.getByText("Legal holds")).toBeVisible();
    await expect(asker.getByText("Standing")).toBeVisible();
    await picture(asker, "file-dark-en");
  });

  await test.step("closed, the holds end and the package is gone", async () => {
    await asker.getByRole("button", { name: "Close the case" }).click();
    await asker.getByRole("button", { name: "Yes, close for good" }).click();
    await expect(asker.getByText("Ended")).toBeVisible();
    await expect(asker.getByText(/Released by investigator/)).toBeVisible();
    await asker.getByRole("tab", { name: "Requisitions" }).click();
    await asker.getByRole("button", { name: /Article 60-1/ }).click();
    await expect(asker.getByText("The case is closed: the copy kept here is deleted.")).toBeVisible();
  });

  // One refusal was provoked: the wider query.
  expect(faults.map((fault) => fault.replace(/(case|req)_[^/]+/g, "$1"))).toEqual([expect.stringMatching(/^422 .*\/query$/)]);
  await asker.context().close();
  await custodian.context().close();
});

test.describe("whoever has no part in inquiries", () => {
  test("is offered none, and finds none by the address", async ({ page, faults }) => {
    faults.allow.push(/403/);
    await open(page, "/enquetes");
    await expect(page.locator('main[data-screen="today"]')).toBeVisible();
    await expect(page.getByRole("link", { name: "Enquêtes" })).toHaveCount(0);
    for (const place of ["search", "persons", "plates", "faces"]) expect((await page.request.get(`/api/cases/${place}`)).status()).toBeGreaterThanOrEqual(403);
  });
});
