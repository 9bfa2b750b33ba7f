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

test("a click on empty ground, the other button and a key ask what is going on; around a point, linked reports show their probability", async ({ page }) => {
  // The open sea, where nothing lies on the map.
  await open(page, "/aujourdhui?panel=none&at=5.22000,43.22000,14.00&srad=5000&sback=72");
  const map = page.locator('[data-testid="map"] canvas').first();
  const ask = page.getByRole("button", { name: "Que se passe-t-il ici ?" });
  await map.click({ position: { x: 500, y: 300 } });
  await expect(ask).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(ask).toHaveCount(0);
  await map.click({ position: { x: 600, y: 320 }, button: "right" });
  await expect(ask).toBeFocused();
  await page.getByRole("button", { name: "Toute la ville" }).click();
  // The whole city moves into view: what was asked about is elsewhere now.
  await expect(ask).toHaveCount(0);
  await expect.poll(() => page.url()).not.toContain("at=5.22000,43.22000");
  await page.keyboard.press("m");
  await expect(ask).toBeFocused();
  await page.keyboard.press("Enter");
  const situation = panel(page, "Situation");
  await expect(situation.getByRole("heading", { name: "Situation", exact: true })).toBeFocused();
  expect(page.url()).toMatch(/situation=5\.\d+,43\.\d+/);
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
