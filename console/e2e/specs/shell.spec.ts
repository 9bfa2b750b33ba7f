import { expect, open, panel, STATE_FOLDER, test } from "../console";

test("language and theme are the person's: they change at once and stay", async ({ page }) => {
  await open(page, "/aujourdhui");
  await page.getByRole("button", { name: /Compte de/ }).click();
  await page.getByRole("radio", { name: "English" }).click();
  await page.getByRole("radio", { name: "Dark" }).click();
  await page.keyboard.press("Escape");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("link", { name: "Yesterday" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the whole way by keyboard: skip link, screens, list, detail and back", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Aller au contenu" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Aujourd’hui" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator('main[data-screen="tomorrow"]')).toBeVisible();
  await page.goBack();
  const first = panel(page, "En direct").locator("li button[aria-pressed]").first();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(panel(page, "Fait").getByRole("heading", { name: "Fait", exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel(page, "Fait")).toHaveCount(0);
});

test("an address can be given away: the same view comes back", async ({ page }) => {
  const address = "/hier?at=5.38000,43.30000,13.00&from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z&kind=road&severity=2&panel=filters";
  await open(page, address);
  await expect(panel(page, /Filtres · 2/)).toBeVisible();
  await expect.poll(() => new URL(page.url()).searchParams.get("at")).toBe("5.38000,43.30000,13.00");
  expect(new URL(page.url()).searchParams.get("kind")).toBe("road");
});

test("signing out ends the session and asks again", async ({ page, context }) => {
  await context.clearCookies();
  await page.goto("/sources");
  await expect(page.getByRole("heading", { name: "Se connecter" })).toBeVisible();
});

test.describe("an elected official", () => {
  test.use({ storageState: `${STATE_FOLDER}/elected.json` });

  test("sees figures, not single facts, and is told so", async ({ page }) => {
    await open(page, "/aujourdhui?period=7d");
    await expect(page.getByText(/Votre rôle ne lit pas les faits un par un/)).toBeVisible();
    await expect(page.getByRole("row", { name: /Tous les faits/ })).toBeVisible();
    await page.getByRole("link", { name: "Sources" }).click();
    await expect(page.getByText("Votre rôle ne lit pas l’état des sources.")).toBeVisible();
  });
});
