/** A question from its form to its report: asked, saved, shared, reported, compared, taken away; no barrier on the way. */
import { readFile } from "node:fs/promises";
import type { Download, Locator, Page } from "@playwright/test";
import { barriers, expect, open, panel, test } from "../console";

async function taken(page: Page, button: Locator): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return download;
}

const TITLE = "Semaine des désordres (essai)";

test("hier: a question is asked, saved with a moving period, shared, reported as PDF, compared and ended", async ({ page }) => {
  await open(page, "/hier?tab=analyses&analysis=week_profile&run=1&period=30d&status=open");
  const past = panel(page, "Ce qui s’est passé");
  await expect(past.getByRole("heading", { name: "Réponse" })).toBeVisible();
  await expect(past.getByText("L’état d’un fait (ouvert, en cours, clos) est celui de maintenant")).toBeVisible();

  const csv = await taken(page, past.getByRole("button", { name: "Emporter en CSV" }));
  expect(csv.suggestedFilename()).toMatch(/^vigie-week_profile-\d{4}-\d{2}-\d{2}\.csv$/);
  expect((await readFile(await csv.path(), "utf8")).split("\r\n")[0]).toContain("weekday");
  const pdf = await taken(page, past.getByRole("button", { name: "Emporter en PDF" }));
  expect((await readFile(await pdf.path())).subarray(0, 5).toString()).toBe("%PDF-");

  await past.getByRole("button", { name: "Enregistrer la question" }).click();
  const form = past.getByRole("form", { name: "Enregistrer la question" });
  await form.getByLabel("Nom de la question").fill(TITLE);
  await form.getByRole("button", { name: /Période/ }).click();
  await page.getByRole("option", { name: "Les 28 derniers jours" }).click();
  await form.getByText("Analyste").click();
  await form.getByRole("button", { name: /Rapport PDF/ }).click();
  await page.getByRole("option", { name: "Chaque semaine" }).click();
  expect(await barriers(page)).toEqual([]);
  await form.getByRole("button", { name: "Enregistrer", exact: true }).click();
  await expect(form.getByRole("status")).toContainText(TITLE);

  await past.getByRole("button", { name: "Toutes les analyses" }).click();
  const saved = panel(page, "Questions enregistrées");
  const item = saved.getByRole("listitem").filter({ has: page.getByRole("button", { name: `Ouvrir : ${TITLE}` }) });
  await expect(item).toContainText("Les 28 derniers jours");
  await expect(item).toContainText("partagée avec Analyste");
  await expect(item).toContainText(/Prochain rapport : /);
  await item.getByRole("button", { name: `Établir un rapport : ${TITLE}` }).click();
  const take = item.getByRole("button", { name: /^Télécharger le PDF/, includeHidden: true });
  await expect(take).toHaveCount(1, { timeout: 120_000 });
  if (!(await take.isVisible())) await item.locator("summary").click();
  expect(await barriers(page)).toEqual([]);
  const report = await taken(page, take);
  expect(report.suggestedFilename()).toMatch(/\.pdf$/);
  expect((await readFile(await report.path())).subarray(0, 5).toString()).toBe("%PDF-");

  await item.getByRole("button", { name: `Comparer à la période d’avant : ${TITLE}` }).click();
  await expect(past.getByRole("heading", { name: "Deux calculs côte à côte" })).toBeVisible();
  expect(page.url()).toContain("kept=");
  await expect(past.getByRole("group", { name: "Deux calculs côte à côte" }).getByRole("cell", { name: "Lundi" }).first()).toBeVisible();
  await past.getByRole("button", { name: "Toutes les analyses" }).click();
  const end = item.getByRole("button", { name: `Terminer : ${TITLE}` });
  await end.click();
  await end.click();
  await expect(item).toHaveCount(0);
});

test("hier: views kept by the browser become questions, in English", async ({ page }) => {
  await page.addInitScript(() => {
    if (sessionStorage.getItem("seeded")) return;
    sessionStorage.setItem("seeded", "1");
    localStorage.setItem("vigie.views", JSON.stringify([{ title: "Kept before", address: "/hier?tab=analyses&analysis=week_profile&period=7d&kind=offence" }]));
  });
  await open(page, "/hier?tab=analyses");
  await page.evaluate(() => { localStorage.setItem("vigie.preferences", JSON.stringify({ ...JSON.parse(localStorage.getItem("vigie.preferences") ?? "{}") as object, language: "en" })); });
  await page.reload();
  const saved = panel(page, "Saved questions");
  await saved.getByRole("button", { name: "Save them here" }).click();
  await expect(saved.getByText("1 view saved.")).toBeVisible();
  const item = saved.getByRole("listitem").filter({ has: page.getByRole("button", { name: "Open: Kept before" }) });
  await expect(item).toContainText("The last 7 days");
  expect(await barriers(page)).toEqual([]);
  const end = item.getByRole("button", { name: "End: Kept before" });
  await end.click();
  await end.click();
  await expect(item).toHaveCount(0);
});
