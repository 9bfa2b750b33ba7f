import { barriers, expect, now, open, panel, test } from "../console";

test("a fact opens its situation, the address keeps it, and the keyboard closes it", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d");
  await panel(page, "En direct").locator("li button[aria-pressed]").first().click();
  await panel(page, "Fait").getByRole("button", { name: "Ouvrir la situation" }).click();
  const situation = panel(page, "Situation");
  await expect(situation.getByRole("tab", { name: /Chronologie/ })).toBeVisible();
  await situation.getByRole("tab", { name: "Qui et quoi" }).click();
  await expect(situation.getByRole("heading", { name: "Moyens, par temps de trajet" })).toBeVisible();
  await expect(situation.getByRole("heading", { name: "Caméras" })).toBeVisible();
  await situation.getByRole("tab", { name: /Prévu/ }).click();
  await expect(situation.getByRole("heading", { name: "Occupations prévues" })).toBeVisible();
  expect(page.url()).toMatch(/situation=fact/);
  await page.reload();
  await expect(situation.getByRole("heading", { name: "Occupations prévues" })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await situation.getByRole("heading", { name: "Situation", exact: true }).focus();
  await page.keyboard.press("Escape");
  await expect(situation).toHaveCount(0);
  expect(page.url()).not.toMatch(/situation=/);
});

test("a point, a wide radius and a long look back show linked reports with their probability", async ({ page }) => {
  await open(page, "/aujourdhui?panel=none&situation=5.379,43.2965&srad=5000&sback=72");
  const situation = panel(page, "Situation");
  // Links among the nearest five hundred facts: a large question.
  await expect(situation.getByText("Sans doute le même incident").first()).toBeVisible({ timeout: 120_000 });
  await expect(situation.getByText(/\d+\s?% · /).first()).toBeVisible();
  await expect(situation.getByText(/rien n’est fusionné/)).toBeVisible();
});

test("an address that says no situation is answered with what it must say", async ({ page }) => {
  await open(page, "/aujourdhui?panel=none&situation=nowhere");
  await expect(panel(page, "Situation").getByText("Situation inconnue")).toBeVisible();
});

test("roads closed at an instant are counted and drawn, and the address keeps them shown", async ({ page }) => {
  await open(page, "/aujourdhui?panel=none");
  const button = page.getByRole("button", { name: /^\d+ voies? fermées?/ });
  await expect(button).toBeVisible();
  // A street may be closed or opened between the two questions.
  await expect(async () => {
    const to = now();
    const query = new URLSearchParams({ from: new Date(to.getTime() - 1000).toISOString(), to: to.toISOString(), closing: "traffic" });
    const { items } = await (await page.request.get(`/api/plans?${query.toString()}`)).json() as { items: unknown[] };
    expect(items.length, "the demonstration city has works that close streets").toBeGreaterThan(0);
    await expect(button).toHaveAccessibleName(new RegExp(`^${String(items.length)} voies? `), { timeout: 2_000 });
  }).toPass({ timeout: 90_000 });
  await expect(button).toHaveAttribute("aria-pressed", "false");
  await button.click();
  await expect(button).toHaveAttribute("aria-pressed", "true");
  expect(page.url()).toContain("closed=1");
  await page.reload();
  await expect(button).toHaveAttribute("aria-pressed", "true");
});
