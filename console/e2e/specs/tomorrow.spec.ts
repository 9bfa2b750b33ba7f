/** Demain's answers about one event: a match moved by two hours and what that changes, its file, its means, its like. */
import { barriersInBothThemes, expect, now, open, panel, test } from "../console";
import { request, type Page } from "@playwright/test";

const DAYS = 60;
/** A first answer waits for a fit, in milliseconds. */
const SLOW = 120_000;

/** The coming match with the largest public. */
async function match(page: Page): Promise<string> {
  const from = now().toISOString();
  const answer = await page.request.get(`/api/agenda?from=${encodeURIComponent(from)}&days=${DAYS}&kind=event.sport.match&once=true`);
  const { plans } = await answer.json() as { plans: { plan_id: string; state: string; attendance_likely: number | null; starts_at: string }[] };
  // One that was called off brings nothing, and its page says only that.
  const found = plans.filter((one) => one.starts_at > from && one.state !== "cancelled");
  found.sort((a, b) => (b.attendance_likely ?? 0) - (a.attendance_likely ?? 0));
  expect(found.length, "a match within two months").toBeGreaterThan(0);
  return found[0]?.plan_id ?? "";
}

test("a match moved by two hours: before, after and the difference, in both languages", async ({ page }, info) => {
  await page.goto("/");
  const id = await match(page);
  await open(page, `/demain?event=${id}&tab=whatif`);
  const table = page.getByRole("table", { name: "Chaque grandeur avant et après, avec l’écart" });
  await expect(table).toBeVisible({ timeout: SLOW });
  const facts = table.getByRole("row", { name: /Faits attendus/ });
  const departure = table.getByRole("row", { name: /Dernier départ en transport/ });
  await expect(facts).toBeVisible();
  const planned = await departure.innerText();
  await page.getByRole("button", { name: "+2 h" }).click();
  await page.getByRole("button", { name: "Calculer" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("a") ?? "").not.toBe("");
  await expect(departure).not.toHaveText(planned.replaceAll("\t", ""));
  await expect(page.getByRole("slider", { name: /Horaire/ })).toHaveAttribute("aria-valuetext", /\+2 h/);
  expect(await barriersInBothThemes(page)).toEqual([]);
  await page.screenshot({ path: info.outputPath("whatif-fr.png") });

  // The address is the scenario: opened anew, and in the other language, it says the same.
  const figures = await facts.locator("td").allInnerTexts();
  await page.goto(page.url());
  await expect(facts.locator("td").first()).toBeVisible({ timeout: SLOW });
  expect(await facts.locator("td").allInnerTexts()).toEqual(figures);
  await page.getByRole("button", { name: /Compte de/ }).click();
  await page.getByRole("radio", { name: "English" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("row", { name: /Facts expected/ })).toBeVisible({ timeout: SLOW });
  await page.screenshot({ path: info.outputPath("whatif-en.png") });
});

test("the event page: file, similar events against their control, means with reasons", async ({ page }) => {
  test.setTimeout(4 * SLOW);
  await page.goto("/");
  const id = await match(page);
  await open(page, `/demain?event=${id}`);
  const event = page.getByRole("tablist", { name: "Événement" });
  await expect(event.getByRole("tab", { name: "Dossier" })).toHaveAttribute("aria-selected", "true", { timeout: SLOW });
  await expect(page.locator('main [role="status"] .visually-hidden')).toHaveCount(0);
  expect(await barriersInBothThemes(page)).toEqual([]);
  await event.getByRole("tab", { name: /semblables/ }).click();
  await expect(page.getByRole("heading", { name: "Ce qu’il devrait apporter" })).toBeVisible({ timeout: SLOW });
  expect(await barriersInBothThemes(page)).toEqual([]);
  await event.getByRole("tab", { name: "Moyens" }).click();
  await expect(page.getByRole("button", { name: "Proposer" })).toBeVisible({ timeout: SLOW });
  expect(await barriersInBothThemes(page)).toEqual([]);
  await event.getByRole("tab", { name: /Retour/ }).click();
  await expect(page.getByText("L’événement n’est pas terminé.")).toBeVisible({ timeout: SLOW });
  expect(await barriersInBothThemes(page)).toEqual([]);
});

test("clashes: each explained in a sentence, its overlap in time, and what was decided kept", async ({ page }) => {
  await open(page, "/demain?view=clashes");
  const list = panel(page, /incompatibilité/);
  const first = list.getByRole("listitem").getByRole("button").first();
  await first.click();
  await expect(page.getByRole("button", { name: /Accepter/ }).first()).toBeVisible();
});

test("patrols of an ordinary day: asked by the address, each post with its reason, hours and prices", async ({ page }) => {
  test.setTimeout(2 * SLOW);
  await open(page, "/demain?view=patrols");
  const asked = panel(page, "Patrouilles d’un jour ordinaire");
  await asked.getByRole("button", { name: "Proposer" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("on") ?? "").not.toBe("");
  await expect(asked.getByRole("heading", { name: "Vacations et pauses" })).toBeVisible({ timeout: SLOW });
  await expect(asked.getByRole("heading", { name: "Heure par heure" })).toBeVisible();
  expect(await barriersInBothThemes(page)).toEqual([]);
});

test("a forecast by other places is chosen by keyboard, kept in the address, and asked for where none is ready", async ({ page }) => {
  await open(page, "/demain?view=forecast&days=3");
  const left = panel(page, "Prévision par lieu et par heure");
  await left.getByRole("button", { name: /Découpage/ }).press("Enter");
  await page.getByRole("option", { name: /Hexagones d’environ 350 m/ }).press("Enter");
  await expect.poll(() => new URL(page.url()).searchParams.get("grid")).toBe("h3:9");
  await expect(left.getByText(/Aucune prévision/).first()).toBeVisible({ timeout: SLOW });
  expect(await barriersInBothThemes(page)).toEqual([]);
});

test("an agenda is subscribed to by a key of its own, told once and withdrawn", async ({ page }) => {
  await open(page, "/demain");
  await page.getByRole("button", { name: "S’abonner" }).click();
  const dialog = page.getByRole("dialog", { name: "S’abonner à l’agenda" });
  await dialog.getByLabel("Logiciel ou appareil").fill("Agenda d’essai");
  await dialog.getByRole("button", { name: "Créer une adresse" }).click();
  const address = await dialog.getByRole("group", { name: "Adresse d’abonnement" }).innerText();
  await expect(dialog.getByRole("link", { name: /logiciel d’agenda/ })).toHaveAttribute("href", address.replace(/^https?:/, "webcal:"));
  const program = await request.newContext();
  expect((await program.get(address)).headers()["content-type"]).toContain("text/calendar");
  expect(await barriersInBothThemes(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Retirer la clé de Agenda d’essai" }).click();
  await expect(dialog.getByText("Aucune clé.")).toBeVisible();
  expect((await program.get(address)).status()).toBe(401);
  await program.dispose();
});

test("a place of the forecast takes one's own number with a reason, and both stay", async ({ page }) => {
  await open(page, "/demain?view=forecast&slot=9");
  const places = page.locator("main ol").getByRole("button");
  const ask = page.getByRole("button", { name: "Calculer maintenant" });
  await expect(places.or(ask).first()).toBeVisible({ timeout: SLOW });
  if (await places.count() === 0) await ask.click();
  await places.first().click({ timeout: SLOW });
  const own = page.getByRole("region", { name: "Vous attendez autre chose ?" });
  await own.getByLabel("Faits attendus à la place").fill("12,5");
  await expect(own.getByRole("button", { name: "Garder ce nombre" })).toBeDisabled();
  await own.getByLabel("Pourquoi").fill("Une braderie que personne n’a déclarée");
  await own.getByLabel("Pourquoi").press("Enter");
  await expect(own.getByRole("status")).toContainText("à côté de la prévision");
  await expect(own.getByRole("list", { name: "Nombres entrés par des personnes" })).toContainText("12,5 au lieu de");
  await expect(own.getByText("Taux de base")).toBeVisible();
  expect(await barriersInBothThemes(page)).toEqual([]);
});
