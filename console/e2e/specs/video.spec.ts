/** Cameras: who may look and why not, real film on one clock, an alert that opens the right second, grants. */
import type { Page } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { barriers, expect, FIRST_PASSWORD, isOfTheStory, NEW_PASSWORD, open, panel, STATE_FOLDER, test } from "../console";
import { clockAt, secondShown, showsItsSecond, tile } from "../films";
import { addAccount, enter } from "../story";

const ROOT = resolve(import.meta.dirname, "../../..");
const VENV = join(ROOT, ".venv/bin/python");
const PYTHON = process.env["VIGIE_PYTHON"] ?? (existsSync(VENV) ? VENV : "python3");
const HOME = join(tmpdir(), `vigie-e2e-home-${process.env["VIGIE_E2E_PORT"] ?? "8217"}`);
const BEFORE_S = 300;
const FILM_S = 60;
const MOST = 3;

interface Near { alert: string; at: number; words: string; cameras: string[] }

let near: Near;
let work: string;
let recorder: ChildProcess | null = null;

function vigie(...words: string[]): void {
  execFileSync(PYTHON, ["-m", "vigie.cli.main", "watch", ...words, "--home", HOME], { cwd: ROOT, stdio: "pipe" });
}

/** An alert that lies somewhere, older than its five minutes, with cameras of the register around it. */
async function findAlert(page: Page): Promise<Near> {
  const alerts = await (await page.request.get("/api/alerts")).json() as { items: { alert_id: string; at: string; lon: number | null; lat: number | null; explanation: { fr: string } }[] };
  for (const alert of alerts.items) {
    const at = Date.parse(alert.at);
    if (alert.lon === null || at > Date.now() || isOfTheStory(alert)) continue;
    const found = await (await page.request.get("/api/situation", { params: { about: `alert:${alert.alert_id}`, before: 60 } })).json() as { cameras: { label: string }[] };
    // The demonstration's register numbers its cameras after their names; the interface tells numbers of those that record.
    const cameras = found.cameras.map((one) => one.label.replace("Caméra ", "camera.")).slice(0, MOST);
    if (cameras.length >= 2) return { alert: alert.alert_id, at, words: alert.explanation.fr, cameras };
  }
  throw new Error("no alert with two cameras near it");
}

function sheet(camera: string, label: string): void {
  const stream = join(work, "stream.txt");
  writeFileSync(stream, `file:${join(work, "live.mp4")}`, { mode: 0o600 });
  vigie("camera", camera, "--label", label, "--authorisation", "13-2026-0142", "--until", "2099-12-31", "--purposes", "1,5", "--days", "15", "--masks", "set", "--service", "Police municipale", "--stream", stream);
}

test.describe.configure({ mode: "serial", timeout: 1_200_000 });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000);
  const page = await browser.newPage({ storageState: `${STATE_FOLDER}/shift_head.json` });
  // Where the server has just begun, its first look at the alerts may be to come.
  await expect(async () => { near = await findAlert(page); }).toPass({ timeout: 300_000 });
  await page.close();
  work = mkdtempSync(join(tmpdir(), "vigie-e2e-film-"));
  near.cameras.forEach((camera, i) => { sheet(camera, `Quai ${String(i + 1)}`); });
  // A minute of film that begins ten seconds before the alert's pictures; the last camera has none.
  const from = new Date(Math.floor(near.at / 1000) * 1000 - (BEFORE_S + 10) * 1000).toISOString();
  const filmed = near.cameras.slice(0, -1).flatMap((camera) => [camera, from]);
  execFileSync(PYTHON, ["console/e2e/film.py", HOME, join(work, "past.mp4"), String(FILM_S), ...filmed], { cwd: ROOT, stdio: "pipe" });
  execFileSync(PYTHON, ["console/e2e/film.py", HOME, join(work, "live.mp4"), "600"], { cwd: ROOT, stdio: "pipe" });
});

test.afterAll(() => {
  recorder?.kill("SIGINT");
  rmSync(work, { recursive: true, force: true });
});

async function noBarrier(page: Page): Promise<void> {
  expect(await barriers(page)).toEqual([]);
}

/** Pictures of a screen for who works on it; none in a test run. */
async function shots(page: Page, name: string): Promise<void> {
  if (!process.env["VIGIE_MASKS_SHOTS"]) return;
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: `/tmp/${name}_${scheme}.png`, fullPage: true });
  }
}

async function openPictures(page: Page, reason: string): Promise<void> {
  const form = panel(page, "Ouvrir des images");
  await form.getByLabel(/^Motif/).fill(reason);
  await noBarrier(page);
  await form.getByRole("button", { name: /^Ouvrir \d+ caméra/ }).click();
  await expect(page.getByTestId("viewing")).toBeVisible();
}

test("who is not designated is told why, and what to do", async ({ page, faults }) => {
  faults.allow.push(/403/);
  await open(page, "/cameras");
  const list = panel(page, "Caméras");
  await expect(list.getByText("vous n’êtes pas désigné")).toBeVisible();
  await expect(list.getByText(/Demandez à un administrateur une désignation/)).toBeVisible();
  await expect(list.getByRole("row", { name: /Quai 1/ })).toContainText("13-2026-0142");
  await expect(list.getByRole("checkbox")).toHaveCount(0);
  await noBarrier(page);
  await list.getByRole("button", { name: "Quai 1", exact: true }).click();
  const one = panel(page, "Quai 1");
  await expect(one.getByText("posés dans la caméra")).toBeVisible();
  await expect(one.getByText("fin de la source").first()).toBeVisible();
  await noBarrier(page);
});

test("an alert opens the right cameras at the right second, and they play on one clock", async ({ page }) => {
  vigie("designate", "shift_head", "--document", "ARR-2026-77", "--until", "2099-12-31");
  const filmed = near.cameras.slice(0, -1);
  await open(page, `/aujourdhui?panel=live&tab=alerts&sel=alert:${near.alert}`);
  await panel(page, "Alerte").getByRole("button", { name: "Caméras proches, 5 min avant" }).click();
  const form = panel(page, "Ouvrir des images");
  await expect(form.getByRole("listitem")).toHaveCount(near.cameras.length);
  await openPictures(page, `Alerte du quai, levée de doute ${String(Date.now())}`);
  const space = page.getByTestId("viewing");
  await expect(page.getByRole("timer")).toContainText(/1[0-5]:\d\d/);
  await expect(tile(page, filmed[0] ?? "")).toHaveAttribute("data-state", "showing", { timeout: 60_000 });
  await expect(tile(page, near.cameras.at(-1) ?? "")).toContainText("Pas d’image à cet instant");

  // By the keyboard: stop, back to the first second, which is the alert's less five minutes.
  await space.focus();
  if (await page.getByTestId("film-clock").getAttribute("data-playing") === "true") await page.keyboard.press("Space");
  await page.keyboard.press("Home");
  expect(Math.floor(await clockAt(page) / 1000)).toBe(Math.floor(near.at / 1000) - BEFORE_S);
  await showsItsSecond(page, filmed);

  // To any second, by arrow and by the slider.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  expect(Math.floor(await clockAt(page) / 1000)).toBe(Math.floor(near.at / 1000) - BEFORE_S + 11);
  await showsItsSecond(page, filmed);
  await page.getByRole("slider", { name: "Instant" }).fill(String((Math.floor(near.at / 1000) - BEFORE_S + 37) * 1000));
  await showsItsSecond(page, filmed);
  const still = await clockAt(page);
  await page.getByTestId("viewing").press(".");
  expect(await clockAt(page)).toBe(still + 40);

  // It plays: the picture goes on with the clock.
  const video = tile(page, filmed[0] ?? "").locator("video");
  const before = await video.evaluate((film: HTMLVideoElement) => film.currentTime);
  await space.focus();
  await page.keyboard.press("Space");
  await expect(async () => { expect(await video.evaluate((film: HTMLVideoElement) => film.currentTime)).toBeGreaterThan(before + 1); }).toPass({ timeout: 60_000 });
  await space.focus();
  await page.keyboard.press("Space");
  await showsItsSecond(page, filmed);
  await noBarrier(page);

  await tile(page, filmed[0] ?? "").getByRole("button", { name: /Arrêt sur image/ }).click();
  const picture = page.getByRole("dialog").getByRole("img");
  await expect(async () => { expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320); }).toPass();
  await noBarrier(page);
  await page.getByRole("button", { name: "Fermer", exact: true }).click();

  await tile(page, filmed[0] ?? "").getByRole("button", { name: /^Agrandir/ }).click();
  await expect(page.locator("figure[data-camera]")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(page.locator("figure[data-camera]")).toHaveCount(near.cameras.length);
  await page.getByRole("button", { name: "Fermer les images" }).click();
  await expect(panel(page, "Caméras")).toBeVisible();
});

test("movement is searched in open pictures that a case holds, and a click plays it", async ({ page, faults }) => {
  faults.allow.push(/403/);
  const [camera, since] = [near.cameras[0] ?? "", Math.floor(near.at / 1000) * 1000 - BEFORE_S * 1000];
  await open(page, `/cameras?watch=${near.cameras.slice(0, 2).join(",")}&open=1&since=${new Date(since).toISOString()}`);
  await openPictures(page, `Vol sur le quai, recherche ${String(Date.now())}`);
  await page.getByRole("button", { name: "Chercher un mouvement" }).click();
  const search = panel(page, "Chercher un mouvement");
  await search.getByRole("button", { name: /Caméra$/ }).click();
  await page.getByRole("option", { name: "Quai 1" }).click();
  const zone = search.getByTestId("search-zone");
  await expect(zone.locator("image")).toHaveCount(1);
  const box = await zone.boundingBox();
  if (!box) throw new Error("no picture to draw on");
  for (const [x, y] of [[0.02, 0.55], [0.98, 0.55], [0.98, 0.92]] as const) await zone.click({ position: { x: box.width * x, y: box.height * y } });
  await zone.focus();
  for (let i = 0; i < 48; i += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(search.getByText("4 sommets")).toBeVisible();
  await search.getByRole("radio", { name: "vers la droite" }).click();
  await search.getByRole("button", { name: /Hauteur/ }).click();
  await page.getByRole("option", { name: /^moyenne/ }).click();
  const begin = search.getByRole("button", { name: "Chercher", exact: true });
  await search.getByLabel(/^Motif/).fill(`Sac volé vers le port ${String(Date.now())}`);
  await expect(begin).toBeDisabled();
  await search.getByLabel("Dossier qui conserve").fill("PV-2026-77");
  await noBarrier(page);
  await begin.click();
  await expect(search.getByText("Ce dossier ne conserve pas tout ce qui est cherché.")).toBeVisible();
  vigie("hold", ...near.cameras, "--from", new Date(since - 60_000).toISOString(), "--to", new Date(since + 3_600_000).toISOString(), "--case", "PV-2026-77", "--reason", "Réquisition à venir, vol du quai");
  await search.getByLabel(/^Motif/).fill(`Sac volé vers le port, encore ${String(Date.now())}`);
  await begin.click();
  await expect(search.getByText(/Recherche terminée\. [1-6] passages? à regarder\./)).toBeVisible({ timeout: 120_000 });
  const found = search.getByRole("listitem").first().getByRole("button");
  await expect(found).toContainText("→");
  await noBarrier(page);
  await found.click();
  await expect(page.locator("figure[data-camera]")).toHaveCount(1);
  await expect(tile(page, camera)).toHaveAttribute("data-state", "showing", { timeout: 60_000 });
  await expect(async () => { expect(await clockAt(page)).toBeGreaterThan(since - 1); }).toPass();
  await search.getByRole("button", { name: /Fermer/ }).click();
  await page.getByRole("button", { name: "Fermer les images" }).click();
});

test("a clip leaves masked: one asks, another lets it be masked, looks at all of it, masks by hand and signs", async ({ page, browser, faults }) => {
  faults.allow.push(/403/);
  vigie("designate", "shift_head", "--document", "ARR-2026-77", "--until", "2099-12-31");
  const first = addAccount("nora", "operator");
  vigie("designate", "nora", "--document", "ARR-2026-79", "--until", "2099-12-31");
  const since = new Date(Math.floor(near.at / 1000) * 1000 - BEFORE_S * 1000).toISOString();
  const operator = await enter(browser, "nora", first, "today");
  await operator.goto(`/cameras?tab=clips&clip=new&since=${since}`);
  const form = panel(operator, "Demander un extrait");
  await form.getByRole("button", { name: /Caméra$/ }).click();
  await operator.getByRole("option", { name: "Quai 1" }).click();
  await form.getByRole("button", { name: /Durée$/ }).click();
  await operator.getByRole("option", { name: "5 secondes" }).click();
  await form.getByRole("button", { name: /Masquage$/ }).click();
  await operator.getByRole("option", { name: "à la main seulement" }).click();
  await form.getByLabel("Destinataire").fill("Conseil de quartier");
  await form.getByLabel(/^Motif/).fill(`Extrait pour la réunion ${String(Date.now())}`);
  expect(await barriers(operator)).toEqual([]);
  await form.getByRole("button", { name: "Demander", exact: true }).click();
  await expect(panel(operator, "Caméras").getByRole("row", { name: /Quai 1/ })).toContainText("Une autre personne décide.");
  expect(await barriers(operator)).toEqual([]);
  await operator.context().close();

  const say = async (why: string): Promise<void> => {
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Motif/).fill(`${why} ${String(Date.now())}`);
    await dialog.getByRole("button", { name: "Continuer" }).click();
  };
  await open(page, "/cameras?tab=clips");
  const row = panel(page, "Caméras").getByRole("row", { name: /Quai 1/ });
  await row.getByRole("button", { name: "Autoriser le masquage" }).click();
  await say("Demande fondée, à masquer");
  await expect(row).toContainText("à relire", { timeout: 300_000 });
  await row.getByRole("button", { name: "Relire…" }).click();
  const review = panel(page, "Relecture : Quai 1");
  await review.getByRole("button", { name: "Ouvrir le film masqué" }).click();
  await say("Relecture de l’extrait demandé");
  const film = review.getByTestId("masked-film");
  const position = review.getByTestId("film-position");
  const sign = review.getByRole("button", { name: "Signer et prendre le paquet" });
  const looked = review.getByText(/^Regardé : \d+ %\.$/);
  await expect(position).toHaveText("image 1 sur 50", { timeout: 120_000 });
  await expect(sign).toBeDisabled();
  await review.getByRole("button", { name: "Image suivante" }).click();
  await expect(position).toHaveText("image 2 sur 50");
  await review.getByRole("button", { name: "Image précédente" }).press(".");
  await expect(position).toHaveText("image 3 sur 50");
  await noBarrier(page);

  await review.getByRole("button", { name: "Masquer sur cette image" }).click();
  await review.getByRole("button", { name: "Ajouter un masque" }).press("Enter");
  await expect(review.getByRole("button", { name: /^Masque 1 : 4 coins/ })).toBeVisible();
  await noBarrier(page);
  await review.getByRole("button", { name: "Garder ces masques" }).click();
  await expect(review.getByRole("listitem")).toContainText("suit");
  await review.getByRole("button", { name: "Refaire le film" }).click();
  await say("Un visage au milieu, à masquer");
  // A drawing that failed says so in the same place.
  await expect(looked.or(review.getByRole("alert"))).toHaveText("Regardé : 0 %.", { timeout: 300_000 });
  await expect(review.getByText(/^SHA-256/)).toBeVisible();

  await expect(sign).toBeDisabled();
  // A laden machine leaves out half a second of the film now and then: it is played again until all of it was shown.
  await expect(async () => {
    const play = review.getByRole("button", { name: /^Lire/ });
    if (await play.isVisible()) await play.click();
    await expect(looked).toHaveText("Regardé : 100 %.", { timeout: 15_000 });
  }).toPass({ timeout: 300_000 });
  await review.getByRole("slider", { name: "Image" }).fill("20");
  await expect(position).toHaveText("image 20 sur 50");
  await expect(async () => {
    const light = await film.evaluate((one: HTMLVideoElement) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [one.videoWidth, one.videoHeight];
      const pen = canvas.getContext("2d");
      pen?.drawImage(one, 0, 0);
      return pen?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0] ?? 255;
    });
    expect(light).toBeLessThan(24);
  }).toPass();
  await noBarrier(page);
  await shots(page, "video_review");
  const given = page.waitForEvent("download");
  await sign.click();
  await say("Tout est regardé, tout est masqué");
  expect((await given).suggestedFilename()).toMatch(/^[0-9a-f]{16}\.zip$/);
  await expect(review.getByText(/^Paquet scellé remis/)).toBeVisible();
  await review.getByRole("button", { name: /^Fermer/ }).first().click();
  await expect(row).toContainText("signé par shift_head");
  await shots(page, "video_clips");
});

test("a live tile plays what a camera records now", async ({ page }) => {
  const camera = near.cameras[0] ?? "";
  recorder = spawn(PYTHON, ["-m", "vigie.cli.main", "watch", "record", "--home", HOME], { cwd: ROOT, stdio: "ignore" });
  await open(page, "/cameras");
  await expect(panel(page, "Caméras").getByRole("row", { name: /Quai 1/ })).toContainText("enregistre", { timeout: 120_000 });
  await panel(page, "Caméras").getByRole("checkbox", { name: "Choisir Quai 1" }).focus();
  await page.keyboard.press("Space");
  await panel(page, "Caméras").getByRole("button", { name: "Voir 1 caméra" }).press("Enter");
  await openPictures(page, `Surveillance du quai en direct ${String(Date.now())}`);
  await expect(tile(page, camera)).toHaveAttribute("data-state", "showing", { timeout: 120_000 });
  const video = tile(page, camera).locator("video");
  const before = await clockAt(page);
  await expect(async () => { expect(await clockAt(page)).toBeGreaterThan(before + 6000); }).toPass({ timeout: 120_000 });
  await expect(tile(page, camera)).toHaveAttribute("data-state", "showing", { timeout: 60_000 });
  expect(await video.evaluate((film: HTMLVideoElement) => film.videoWidth)).toBe(320);
  expect(await secondShown(page, camera)).toBeGreaterThanOrEqual(0);
  expect(Date.now() - await clockAt(page)).toBeLessThan(120_000);
  await noBarrier(page);
  recorder.kill("SIGINT");
});

test("who keeps the sheets draws what a camera may not see, by keys and by pointer", async ({ browser }) => {
  vigie("designate", "admin", "--document", "ARR-2026-78", "--until", "2099-12-31");
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(`/cameras?of=${near.cameras[0] ?? ""}`);
  await page.getByRole("button", { name: "Entrer comme admin" }).click();
  await page.getByLabel("Mot de passe actuel").fill(FIRST_PASSWORD);
  await page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
  await page.getByLabel("Encore une fois").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Changer et entrer" }).click();
  await page.getByRole("button", { name: "Masques…" }).press("Enter");
  const masks = panel(page, "Masques : Quai 1");
  await expect(masks.getByText("Personne n’a encore dessiné de masque.")).toBeVisible();
  await masks.getByRole("textbox", { name: "Pourquoi" }).fill("Fenêtres du premier étage");
  await masks.getByRole("button", { name: "Voir une image" }).press("Enter");
  await expect(masks.locator("svg image")).toBeVisible({ timeout: 60_000 });

  await masks.getByRole("button", { name: "Ajouter un masque" }).press("Enter");
  const first = masks.getByRole("button", { name: /^Masque 1 : 4 coins/ });
  await first.focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("ArrowUp");
  await expect(masks.getByRole("button", { name: "Masque 1 : 4 coins, premier à 35 %, 40 %" })).toBeVisible();
  await masks.getByRole("button", { name: /^Coin 3/ }).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await masks.getByRole("button", { name: "Ajouter un coin" }).press("Enter");
  await expect(masks.getByRole("button", { name: /^Masque 1 : 5 coins/ })).toBeVisible();

  const canvas = masks.getByRole("group", { name: /^Image avec/ });
  await canvas.evaluate((surface) => { surface.scrollIntoView({ block: "center" }); });
  const box = await canvas.locator("rect").boundingBox() ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.2, { steps: 3 });
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.3, { steps: 3 });
  await page.mouse.up();
  const second = masks.getByRole("button", { name: "Masque 2 : 4 coins, premier à 70 %, 10 %" });
  await expect(second).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await second.focus();
  await page.keyboard.press("Delete");
  await expect(second).toHaveCount(0);

  await masks.getByRole("button", { name: "Mettre en vigueur" }).press("Enter");
  await expect(masks.getByText("Version 1 en vigueur à partir du segment suivant.")).toBeVisible();
  await expect(masks.getByText(/Version 1, 1 masque/)).toBeVisible();
  await expect(masks.getByText("Aucun enregistrement ne la porte encore.")).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await shots(page, "masks");
  await context.close();
});

test("detection is off and says so; the head of shift may end a grant and not enter one", async ({ page }) => {
  await open(page, "/cameras?tab=grants");
  const list = panel(page, "Caméras");
  await expect(list.getByText("La détection est fermée : aucune autorisation n’est en vigueur.")).toBeVisible();
  await expect(list.getByText(/31 mars 2025/)).toBeVisible();
  await expect(list.getByRole("button", { name: "Inscrire une autorisation" })).toHaveCount(0);
  await noBarrier(page);

  const file = join(work, "grant.toml");
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  writeFileSync(file, [
    'legal_basis = "Texte d’essai"', 'prefect_order = "13-2026-0300"', 'attestation = "A-1"', 'occasion = "Match du soir"', 'place = "Boulevard Michelet"',
    "ring = [[5.390, 43.268], [5.400, 43.268], [5.400, 43.274], [5.390, 43.274]]", `cameras = ["${near.cameras[0] ?? ""}"]`, 'types = ["wrong_way", "density"]',
    'signed_by = "Préfecture de police"', `signed_at = ${day(-2)}`, `from = ${day(-1)}`, `to = ${day(2)}`,
  ].join("\n"));
  vigie("grant", file, "--role", "admin");
  await page.reload();
  const row = list.getByRole("row", { name: /Match du soir/ });
  await expect(row).toContainText("en vigueur");
  await expect(list.getByText(/Une autorisation est en vigueur/)).toBeVisible();
  await noBarrier(page);
  await row.getByRole("button", { name: "Clore", exact: true }).click();
  await row.getByLabel("Pourquoi").fill("Match annulé par la préfecture");
  await row.getByRole("button", { name: "Clore maintenant" }).click();
  await expect(list.getByText("La détection est fermée : aucune autorisation n’est en vigueur.")).toBeVisible();
});
