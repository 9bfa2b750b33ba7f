/** A whole shift: an alert, its situation, the card, a means sent by a person, a false alert, the handover. */
import type { Locator, Page } from "@playwright/test";
import { barriers, expect, open, panel, test } from "../console";

const ALERTS = "/aujourdhui?panel=live&tab=alerts";

interface Words {
  live: string; alert: string; all: string; acknowledge: string; acknowledged: RegExp;
  situation: string; open: string; who: string; cameras: string; radius: RegExp;
  act: string; card: RegExp; noCard: string; since: RegExp; step: RegExp; means: string; send: RegExp; reason: RegExp; confirm: RegExp; sent: string; sentToast: RegExp;
  judgedFalse: string; why: string; judge: string; verdict: RegExp;
  shift: string; openOnes: RegExp; prepare: string; text: RegExp; sign: string; signed: RegExp; read: string; log: string;
}

const FR: Words = {
  live: "En direct", alert: "Alerte", all: "Toutes", acknowledge: "Prendre en compte", acknowledged: /^prise en compte/,
  situation: "Situation", open: "Ouvrir la situation", who: "Qui et quoi", cameras: "Caméras", radius: /Rayon/,
  act: "Agir", card: /Fiche réflexe/, noCard: "Aucune fiche ne correspond ; choisissez-en une.", since: /Ouverte depuis/, step: /^Fait : /, means: "Moyens proposés", send: /^Engager /, reason: /^Motif/, confirm: /^Confirmer l’engagement de /,
  sent: "Engagements confirmés", sentToast: /Engagement inscrit : /,
  judgedFalse: "Fausse", why: "Pourquoi", judge: "Juger : Fausse", verdict: /verdict : Fausse/,
  shift: "Quart", openOnes: /Situations ouvertes \(\d+\)/, prepare: "Préparer la passation", text: /Note de passation, à relire/, sign: "Signer", signed: /Passation signée, version 1/, read: "Lire", log: "Main courante",
};

const EN: Words = {
  live: "Live", alert: "Alert", all: "All", acknowledge: "Acknowledge", acknowledged: /^acknowledged/,
  situation: "Situation", open: "Open the situation", who: "Who and what", cameras: "Cameras", radius: /Radius/,
  act: "Act", card: /Reflex card/, noCard: "No card fits; choose one.", since: /Open since/, step: /^Done: /, means: "Means proposed", send: /^Send /, reason: /^Reason/, confirm: /^Confirm sending /,
  sent: "Confirmed dispatches", sentToast: /Dispatch written down: /,
  judgedFalse: "False", why: "Why", judge: "Judge: False", verdict: /verdict ?: False/,
  shift: "Shift", openOnes: /Open situations \(\d+\)/, prepare: "Prepare the handover", text: /Handover note, to be read/, sign: "Sign", signed: /Handover signed, version 1/, read: "Read", log: "Log",
};

async function noBarrier(page: Page): Promise<void> {
  expect(await barriers(page)).toEqual([]);
}

/** Alerts that lie somewhere (a source that falls silent has no situation) and are not the story's (story.spec.ts). */
function alertLines(page: Page, words: Words): Locator {
  return panel(page, words.live).locator("li button[aria-pressed]").filter({ hasNotText: /se tait|has been silent|is silent|dans la zone dessinée|in the drawn zone/ });
}

/** From the list of alerts to the situation of one of them. */
async function openFirst(page: Page, words: Words): Promise<Locator> {
  await expect(alertLines(page, words).first()).toBeVisible({ timeout: 60_000 });
  await alertLines(page, words).first().click();
  const alert = panel(page, words.alert);
  await noBarrier(page);
  await alert.getByRole("button", { name: words.acknowledge, exact: true }).click();
  await expect(alert.getByText(words.acknowledged).first()).toBeVisible();
  await alert.getByRole("button", { name: words.open, exact: true }).click();
  await expect(alert).toHaveCount(0);
  return panel(page, words.situation);
}

async function seeCameras(page: Page, situation: Locator, words: Words): Promise<void> {
  await situation.getByRole("tab", { name: words.who }).click();
  await situation.getByRole("button", { name: words.radius }).click();
  await page.getByRole("option").last().click();
  const cameras = situation.locator("section").filter({ has: page.getByRole("heading", { name: words.cameras, exact: true }) });
  await expect(cameras.getByRole("listitem").first()).toBeVisible();
  await noBarrier(page);
}

/** The card is followed by the keyboard alone: the next step takes the focus. */
async function followCard(page: Page, situation: Locator, words: Words): Promise<void> {
  await situation.getByRole("tab", { name: words.act, exact: true }).click();
  await situation.getByRole("button", { name: words.open, exact: true }).click();
  await expect(situation.getByText(words.since)).toBeVisible();
  const steps = situation.getByRole("button", { name: words.step });
  // A rule may watch what no card is written for: the operator then takes one from the list.
  const none = situation.getByText(words.noCard);
  await expect(steps.first().or(none)).toBeVisible();
  if (await none.isVisible()) {
    await situation.getByRole("button", { name: words.card }).click();
    await page.getByRole("option").first().click();
  }
  await expect(steps.first()).toBeVisible();
  const count = await steps.count();
  expect(count).toBeGreaterThan(2);
  await steps.first().focus();
  for (let left = count; left > 0; left -= 1) {
    await expect(steps).toHaveCount(left);
    await expect(steps.first()).toBeFocused();
    await page.keyboard.press("Enter");
  }
  await expect(steps).toHaveCount(0);
  await expect(situation.getByRole("heading", { name: new RegExp(`${String(count)} (sur|of) ${String(count)}`) })).toBeFocused();
  await noBarrier(page);
}

/** A person takes the first means shown and says why; returns what it is called. */
async function sendMeans(page: Page, situation: Locator, words: Words): Promise<string> {
  await expect(situation.getByRole("heading", { name: words.means })).toBeVisible();
  await situation.getByRole("button", { name: words.send }).first().click();
  const confirm = situation.getByRole("button", { name: words.confirm });
  const name = (await confirm.innerText()).replace(words.confirm, "");
  await situation.getByLabel(words.reason).fill("Appel de la salle");
  await noBarrier(page);
  await confirm.click();
  await expect(page.getByText(words.sentToast)).toBeVisible();
  const sent = situation.getByRole("region", { name: words.sent });
  await expect(sent.getByRole("listitem").filter({ hasText: name }).first()).toContainText("shift_head");
  await noBarrier(page);
  return name;
}

async function judgeFalse(page: Page, words: Words): Promise<void> {
  await open(page, ALERTS);
  await panel(page, words.live).getByRole("radio", { name: words.all, exact: true }).click();
  await alertLines(page, words).nth(1).click();
  const alert = panel(page, words.alert);
  await alert.getByRole("button", { name: words.judgedFalse, exact: true }).click();
  await alert.getByLabel(words.why).fill("Exercice annoncé");
  await alert.getByRole("button", { name: words.judge }).click();
  await expect(alert.getByText(words.verdict).first()).toBeVisible();
  await noBarrier(page);
  await page.keyboard.press("Escape");
}

async function handOver(page: Page, words: Words, expected: string): Promise<void> {
  const live = panel(page, words.live);
  await live.getByRole("tab", { name: words.shift, exact: true }).click();
  await expect(live.getByRole("heading", { name: words.openOnes })).toBeVisible();
  await noBarrier(page);
  await live.getByRole("button", { name: words.prepare }).click();
  const text = live.getByLabel(words.text);
  await expect(text).toHaveValue(new RegExp(expected));
  await expect(text).toBeFocused();
  await text.press("Control+End");
  await text.pressSequentially("À surveiller : le port. ");
  await noBarrier(page);
  await live.getByRole("button", { name: words.sign, exact: true }).click();
  await expect(page.getByText(words.signed)).toBeVisible();
  await live.getByRole("button", { name: words.read, exact: true }).first().click();
  await expect(live.getByText(/SHA-256 [0-9a-f]{64}/)).toBeVisible();
  await expect(live.getByText(/À surveiller : le port/)).toBeVisible();
  await noBarrier(page);
}

test.describe.configure({ timeout: 600_000 });

test("un quart entier, en français", async ({ page }) => {
  await open(page, ALERTS);
  const situation = await openFirst(page, FR);
  await seeCameras(page, situation, FR);
  await followCard(page, situation, FR);
  const name = await sendMeans(page, situation, FR);
  await situation.getByRole("textbox", { name: "Note sur la situation" }).fill("Rappeler M. Jean Dupont au 06 12 34 56 78");
  await situation.getByRole("button", { name: "Inscrire" }).click();
  await expect(page.getByText("Note inscrite")).toBeVisible();
  await expect(situation.getByRole("region", { name: "Main courante" })).not.toContainText("Dupont");
  await judgeFalse(page, FR);
  await handOver(page, FR, name);
});

test.describe("in English", () => {
  test.use({ locale: "en-GB", colorScheme: "dark" });

  test("the key steps of a shift", async ({ page }) => {
    // All of them: a quiet night may have left one that is live, and it was answered in French.
    await open(page, ALERTS);
    await panel(page, EN.live).getByRole("radio", { name: EN.all, exact: true }).click();
    await expect(alertLines(page, EN).nth(1)).toBeVisible({ timeout: 60_000 });
    await alertLines(page, EN).last().click();
    await panel(page, EN.alert).getByRole("button", { name: EN.open, exact: true }).click();
    const situation = panel(page, EN.situation);
    await followCard(page, situation, EN);
    const name = await sendMeans(page, situation, EN);
    await judgeFalse(page, EN);
    await handOver(page, EN, name);
  });
});
