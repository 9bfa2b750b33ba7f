/** A whole shift: an alert, its situation, the card, a means sent by a person, a false alert, the handover. */
import type { Locator, Page } from "@playwright/test";
import { latLngToCell } from "h3-js";
import { barriers, enterFact, expect, MOST_SHIFT, now, open, panel, test, watchShifts } from "../console";

const ALERTS = "/aujourdhui?panel=live&tab=alerts";
/** Some 200 m: an entry lies in the middle of its cell of 150. */
const NEAR_DEGREES = 0.002;

interface Words {
  live: string; alert: string; all: string; acknowledge: string; acknowledged: RegExp;
  situation: string; open: string; who: string; cameras: string; radius: RegExp;
  act: string; card: RegExp; noCard: string; since: RegExp; step: RegExp; means: string; send: RegExp; reason: RegExp; confirm: RegExp; sent: string; sentToast: RegExp;
  note: string; write: string; noted: string;
  judgedFalse: string; why: string; judge: string; verdict: RegExp;
  shift: string; openOnes: RegExp; prepare: string; text: RegExp; sign: string; signed: RegExp; read: string; log: string;
}

const FR: Words = {
  live: "En direct", alert: "Alerte", all: "Toutes", acknowledge: "Prendre en compte", acknowledged: /^prise en compte/,
  situation: "Situation", open: "Ouvrir la situation", who: "Qui et quoi", cameras: "Caméras", radius: /Rayon/,
  act: "Agir", card: /Fiche réflexe/, noCard: "Aucune fiche ne correspond ; choisissez-en une.", since: /Ouverte depuis/, step: /^Fait : /, means: "Moyens proposés", send: /^Engager /, reason: /^Motif/, confirm: /^Confirmer l’engagement de /,
  sent: "Engagements confirmés", sentToast: /Engagement inscrit : /,
  note: "Note sur la situation", write: "Inscrire", noted: "Note inscrite",
  judgedFalse: "Fausse", why: "Pourquoi", judge: "Juger : Fausse", verdict: /verdict : Fausse/,
  shift: "Quart", openOnes: /Situations ouvertes \(\d+\)/, prepare: "Préparer la passation", text: /Note de passation, à relire/, sign: "Signer", signed: /Passation signée, version 1/, read: "Lire", log: "Main courante",
};

const EN: Words = {
  live: "Live", alert: "Alert", all: "All", acknowledge: "Acknowledge", acknowledged: /^acknowledged/,
  situation: "Situation", open: "Open the situation", who: "Who and what", cameras: "Cameras", radius: /Radius/,
  act: "Act", card: /Reflex card/, noCard: "No card fits; choose one.", since: /Open since/, step: /^Done: /, means: "Means proposed", send: /^Send /, reason: /^Reason/, confirm: /^Confirm sending /,
  sent: "Confirmed dispatches", sentToast: /Dispatch written down: /,
  note: "Note on the situation", write: "Write down", noted: "Note written down",
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

interface Rung { alert_id: string; group: string; at: string; lon: number | null; lat: number | null }

/** A rule of one's own about the place, so that an entry there rings whatever the city does meanwhile; what ends it. */
async function watchPlace(page: Page, { kind, place: [lat, lon] }: Shift): Promise<() => Promise<void>> {
  const { csrf } = await (await page.request.get("/api/session")).json() as { csrf: string };
  const headers = { "X-CSRF-Token": csrf };
  const ring = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([x = 0, y = 0]) => [lon + x * NEAR_DEGREES, lat + y * NEAR_DEGREES]);
  const rule = { family: "inside_zone", name: `Quart : ${kind}`, parameters: { kind, quiet_min: 0 }, scope: { ring }, severity: 4 };
  const { rule_id: id, number } = await (await page.request.post("/api/alert-rules", { data: rule, headers })).json() as { rule_id: string; number: number };
  return async () => {
    const ended = await page.request.put(`/api/alert-rules/${id}`, { data: { ...rule, state: "gone", after: number }, headers });
    expect(ended.ok()).toBe(true);
  };
}

/** A fact is entered in the street: its alert arrives in the list by itself, nothing jumps, and its situation opens. */
async function openRung(page: Page, words: Words, shift: Shift): Promise<Locator> {
  const shifts = await watchShifts(page);
  await open(page, ALERTS);
  await expect(page.getByRole("banner").getByText(words.live, { exact: true })).toBeVisible();
  const end = await watchPlace(page, shift);
  const from = now().getTime() - 1_000;
  await enterFact(page, shift.kind, latLngToCell(...shift.place, 10));
  let group = "";
  await expect(async () => {
    const { items } = await (await page.request.get("/api/alerts")).json() as { items: Rung[] };
    const [lat, lon] = shift.place;
    const mine = items.find((one) => Date.parse(one.at) >= from && Math.hypot((one.lon ?? 0) - lon, (one.lat ?? 0) - lat) < NEAR_DEGREES);
    expect(mine).toBeDefined();
    group = mine?.group ?? "";
  }).toPass({ timeout: 60_000 });
  await end();
  const line = panel(page, words.live).locator(`li[data-group="${group}"] button[aria-pressed]`);
  await expect(line).toBeVisible({ timeout: 60_000 });
  const { score, moved } = await shifts();
  expect(score, moved.join("\n")).toBeLessThan(MOST_SHIFT);
  await line.click();
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

/** What is written about a person is not kept as written. */
async function note(page: Page, situation: Locator, words: Words): Promise<void> {
  await situation.getByRole("textbox", { name: words.note }).fill("Rappeler M. Jean Dupont au 06 12 34 56 78");
  await situation.getByRole("button", { name: words.write }).click();
  await expect(page.getByText(words.noted)).toBeVisible();
  await expect(situation.getByRole("region", { name: words.log })).not.toContainText("Dupont");
}

test.describe.configure({ timeout: 600_000 });

interface Shift { title: string; words: Words; look: { locale?: string; colorScheme?: "dark" }; kind: string; place: [number, number] }

/** Two kinds that have a card, too far apart to be one situation. */
const SHIFTS: readonly Shift[] = [
  { title: "un quart entier, en français", words: FR, look: {}, kind: "rescue.fire", place: [43.2965, 5.3795] },
  { title: "a whole shift, in English", words: EN, look: { locale: "en-GB", colorScheme: "dark" }, kind: "road.accident", place: [43.3135, 5.3905] },
];

for (const shift of SHIFTS) {
  test.describe(() => {
    test.use(shift.look);

    test(shift.title, async ({ page }) => {
      const { words } = shift;
      const situation = await openRung(page, words, shift);
      await seeCameras(page, situation, words);
      await followCard(page, situation, words);
      const name = await sendMeans(page, situation, words);
      await note(page, situation, words);
      await judgeFalse(page, words);
      await handOver(page, words, name);
    });
  });
}
