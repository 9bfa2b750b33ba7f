/** Libertés: who looked is seen, seeing as another is said, and who may see little sees it without an error. */
import type { Page } from "@playwright/test";
import { barriers, expect, FIRST_PASSWORD, NEW_PASSWORD, open, STATE_FOLDER, test } from "../console";

async function readJournal(page: Page, reason: string): Promise<void> {
  await page.getByLabel("Pourquoi lisez-vous le journal ?").fill(reason);
  await page.getByLabel("Pourquoi lisez-vous le journal ?").press("Enter");
}

test("a glass is broken for one zone, by a form, with a reason", async ({ page }) => {
  await open(page, "/libertes?tab=glass");
  const sure = page.getByRole("button", { name: "Ouvrir en urgence" });
  await page.getByRole("button", { name: /Découpage/ }).click();
  await page.getByRole("option", { name: /arrondissement/i }).first().click();
  await page.getByRole("button", { name: /^.*Zone$/ }).click();
  await page.getByRole("option").nth(1).click();
  await page.getByLabel("Quelle urgence ?").fill("trop court");
  await expect(sure).toBeDisabled();
  await page.getByLabel("Quelle urgence ?").fill("Effondrement d’immeuble, recherche de témoins");
  await sure.click();
  await expect(page.getByRole("status").filter({ hasText: "Ouvert jusqu’au" })).toBeVisible();
});

test.describe("the data protection officer", () => {
  test.use({ storageState: `${STATE_FOLDER}/dpo.json` });

  test("reads the audit with a reason, finds the reading in it, and its proof", async ({ page }) => {
    const reason = "Contrôle de début de mois, au hasard";
    await open(page, "/libertes");
    expect((await page.request.get("/api/facts")).status()).toBe(403);
    await expect(page.getByText("Le journal est fermé.")).toBeVisible();
    await readJournal(page, reason);
    await expect(page.locator("tbody tr").first()).toBeVisible();
    await readJournal(page, "Relecture de mon propre contrôle");
    const own = page.locator("tbody tr").filter({ hasText: reason });
    await expect(own.first()).toContainText("Journal d’audit");
    await expect(own.first()).toContainText("Accordé");
    await expect(page.locator("tbody tr").filter({ hasText: "Refusé" }).first()).toBeVisible();
    await own.first().getByRole("button").click();
    await expect(page.getByText("Vérifié dans ce navigateur")).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  });

  test("reviews the broken glass, reads the terms and the register", async ({ page }) => {
    await open(page, "/libertes?tab=glass");
    const row = page.locator("tbody tr").filter({ hasText: "Effondrement" });
    await row.getByRole("button", { name: "Justifié", exact: true }).click();
    await expect(row).toContainText("par dpo");
    await page.getByRole("tab", { name: "Durées" }).click();
    await expect(page.getByRole("heading", { name: "Ce qui va disparaître en 90 jours" })).toBeVisible();
    await expect(page.getByRole("table", { name: "Champs gardés pour être lus" }).getByRole("row").filter({ hasText: "speed_kmh" })).toContainText("Moyens");
    await expect(page.getByRole("table", { name: "Règles" }).locator("tbody tr").nth(5)).toBeVisible();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("tab", { name: "Registre" }).click();
    await expect(page.getByRole("heading", { name: "Qui peut voir quoi" })).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  });

  test("answers a person in numbers, with a reason, and an empty answer looks the same", async ({ page }) => {
    await open(page, "/libertes?tab=rights");
    const ask = page.getByRole("button", { name: "Dire ce qui est détenu" });
    await page.getByLabel("Tel qu’elle l’écrit").fill("06 39 98 40 17");
    await page.getByLabel(/^Motif/).fill("trop court");
    await expect(ask).toBeDisabled();
    await page.getByLabel(/^Motif/).fill("Demande reçue au guichet, identité vérifiée");
    await expect(page.getByRole("button", { name: "Effacer ces textes" })).toBeDisabled();
    await ask.click();
    await expect(page.getByRole("status").filter({ hasText: "scellé" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Ce que personne n’ouvre" })).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  });

  test("sees as an operator, is told so, and leaves", async ({ page }) => {
    await open(page, "/aujourdhui");
    await page.getByRole("button", { name: /^Compte de/ }).click();
    await page.getByRole("button", { name: /Voir comme/ }).click();
    await page.getByRole("option", { name: "Opérateur CSU" }).click();
    await expect(page.getByText("Vu comme : Opérateur CSU.")).toBeVisible();
    await expect(page.getByRole("row", { name: /Tous les faits/ })).toBeVisible();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("link", { name: "Libertés" }).click();
    await expect(page.getByRole("tab", { name: "Journal" })).toHaveCount(0);
    await page.getByRole("button", { name: "Revenir à mon rôle" }).click();
    await expect(page.getByText("Vu comme")).toHaveCount(0);
    await expect(page.getByRole("tab", { name: "Journal" })).toBeVisible();
  });
});

test.describe("an elected official", () => {
  test.use({ storageState: `${STATE_FOLDER}/elected.json` });

  test("sees whole days today and yesterday, without an error, and the register", async ({ page }) => {
    await open(page, "/aujourdhui?source=rescue&severity=3&kind=road.collision");
    await expect(page.getByText(/il lit des chiffres par jour entier/)).toBeVisible();
    await expect(page.getByRole("row", { name: /Tous les faits/ })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("link", { name: "Hier" }).click();
    await expect(page.getByRole("img", { name: /en barres/ })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    await page.getByRole("link", { name: "Libertés" }).click();
    await expect(page.getByRole("heading", { name: "Algorithmes et leurs limites" })).toBeVisible();
  });
});

test.describe("the head of a partner service", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("names one of its own within its rights, by keys, and takes the account back", async ({ page }) => {
    const session = await (await page.request.post("/api/session", { data: { login: "partner", password: FIRST_PASSWORD } })).json() as { csrf: string };
    expect((await page.request.post("/api/session/password", { data: { current: FIRST_PASSWORD, new: NEW_PASSWORD }, headers: { "X-CSRF-Token": session.csrf } })).ok()).toBe(true);
    await open(page, "/libertes?tab=delegations");
    await page.getByLabel("Identifiant du compte").fill("renfort");
    await page.getByLabel("À qui il est").fill("Caserne de renfort");
    const feeds = page.getByRole("button", { name: /Flux$/ });
    await feeds.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "Certains seulement" }).press("Enter");
    await page.getByRole("group", { name: "Flux que ce compte voit" }).getByRole("checkbox").first().press("Space");
    await page.getByRole("button", { name: "Nommer ce compte" }).press("Enter");
    await expect(page.getByRole("status").filter({ hasText: "Le compte renfort est ouvert" })).toBeVisible();
    await expect(page.getByRole("group", { name: "Premier mot de passe" })).toContainText(/\S{12,}/);
    const row = page.getByRole("table", { name: "Comptes du service" }).getByRole("row").filter({ hasText: "renfort" });
    await expect(row).toContainText("Caserne de renfort");
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Retirer renfort" }).press("Enter");
    await page.getByRole("button", { name: "Oui, retirer" }).press("Enter");
    await expect(row).toHaveCount(0);
  });
});
