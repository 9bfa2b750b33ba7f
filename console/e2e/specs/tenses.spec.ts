import { expect, open, panel, test } from "../console";

test("demain: thirty days, a day, a plan with its provenance, a clash explained", async ({ page }) => {
  await open(page, "/demain");
  const agenda = panel(page, /Agenda/);
  const days = agenda.getByRole("table").getByRole("button");
  await expect(days).toHaveCount(30);
  const clashing = agenda.getByRole("button", { name: /incompatibilité/ }).first();
  await clashing.click();
  expect(page.url()).toMatch(/day=\d{4}-\d{2}-\d{2}/);
  await expect(agenda.getByRole("heading", { name: /incompatibilité/ })).toBeVisible();
  await agenda.getByRole("button", { name: /Événement 1/ }).first().click();
  const plan = panel(page, "Événement");
  await expect(plan.getByRole("heading", { name: "Provenance" })).toBeVisible();
  await expect(plan.getByText(/incompatibilité/).first()).toBeVisible();
});

test("hier: counts over time and by weekday and hour, with base and limits", async ({ page }) => {
  await open(page, "/hier");
  const past = panel(page, "Ce qui s’est passé");
  await expect(past.getByText(/^Base : .* faits, .* – /)).toBeVisible();
  await expect(past.getByRole("table", { name: "Heure par jour de semaine" }).getByRole("row")).toHaveCount(9);
  await expect(past.getByText(/^Limite :/)).toBeVisible();
});

test("hier: every analysis of the catalogue runs from its own form and shows table and limits", async ({ page }) => {
  test.setTimeout(900_000);
  await open(page, "/hier?tab=analyses");
  const past = panel(page, "Ce qui s’est passé");
  const entries = past.getByRole("tabpanel").getByRole("listitem").getByRole("button");
  await expect(entries.first()).toBeVisible();
  const count = await entries.count();
  expect(count).toBeGreaterThan(0);
  for (let i = 0; i < count; i += 1) {
    await entries.nth(i).click();
    await past.getByRole("button", { name: "Calculer" }).click();
    await expect(past.getByRole("heading", { name: "Réponse" })).toBeVisible({ timeout: 120_000 });
    const row = past.getByRole("group", { name: "Tableau de la réponse" }).getByRole("row").nth(1);
    const nothing = past.getByText(/^Aucune ligne à montrer/); // some need a longer period, or a zone
    await expect(row.or(nothing)).toBeVisible();
    await expect(past.getByText(/^Base : /)).toBeVisible();
    await expect(past.locator("figure svg").first().or(nothing)).toBeVisible();
    await past.getByRole("button", { name: "Toutes les analyses" }).click();
  }
});

test("sources: health, one source with its batches", async ({ page }) => {
  await open(page, "/sources");
  const table = page.getByRole("table", { name: "État des sources" });
  await expect(table.getByRole("row", { name: /Main courante/ })).toBeVisible();
  await table.getByRole("button", { name: /Main courante/ }).click();
  await expect(page.getByRole("heading", { name: "Derniers lots" })).toBeVisible();
});

test("sources: the contract says what is expected, what else was seen, and the volume by day", async ({ page }) => {
  await open(page, "/sources?of=main_courante&view=contract");
  await expect(page.getByRole("heading", { name: "Volume par jour" })).toBeVisible();
  const expected = page.getByRole("table", { name: "Champs attendus" });
  await expect(expected.getByRole("row", { name: /CODE_NATURE/ })).toContainText("obligatoire");
  await page.getByRole("tab", { name: "En bref" }).click();
  await expect(page.getByRole("heading", { name: "Derniers lots" })).toBeVisible();
  expect(page.url()).not.toContain("view=");
});

test("quarantine: filtered by reason, shown as received, tried again with the result told", async ({ page }) => {
  await open(page, "/sources?tab=quarantine");
  await page.getByRole("button", { name: /Motif/ }).click();
  await page.getByRole("option", { name: /Position \(0, 0\)/ }).click();
  await expect.poll(() => page.url()).toContain("code=null_island");
  const rows = page.getByRole("table").getByRole("row");
  await expect(rows.nth(1)).toContainText("null_island");
  await rows.nth(1).getByRole("button").click();
  const row = panel(page, "Ligne refusée");
  await row.getByLabel("Pourquoi ouvrez-vous cette ligne ?").fill("Position nulle à corriger chez l'émetteur");
  await row.getByRole("button", { name: "Ouvrir la ligne" }).click();
  await expect(row.getByRole("heading", { name: "Tel que reçu" })).toBeVisible();
  await row.getByRole("button", { name: "Réessayer cette ligne" }).click();
  await expect(row.getByRole("status")).toContainText("1 essayées");
  await page.getByRole("button", { name: /Réessayer les? .*en attente/ }).click();
  const told = page.getByRole("tabpanel").getByRole("status");
  await expect(told).toContainText("essayées");
  await expect(told.getByRole("list", { name: "Motifs des lignes encore refusées" })).toContainText("Position (0, 0)");
});
