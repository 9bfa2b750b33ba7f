import { barriers, expect, go, open, panel, test } from "../console";

test("the map comes first, the list is a sheet one opens and closes", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d");
  await expect(panel(page, "En direct")).toHaveCount(0);
  await page.getByRole("button", { name: "En direct" }).tap();
  const sheet = panel(page, "En direct");
  await sheet.locator("li button[aria-pressed]").first().tap();
  await expect(panel(page, "Fait").getByRole("heading", { name: "Provenance" })).toBeVisible();
  await panel(page, "Fait").getByRole("button", { name: "Fermer le panneau" }).tap();
  await sheet.getByRole("button", { name: "Fermer le panneau" }).tap();
  await expect(sheet).toHaveCount(0);
});

test("every screen is reached by the thumb and none is wider than the phone", async ({ page }) => {
  await open(page, "/aujourdhui");
  for (const [name, screen] of [["Demain", "tomorrow"], ["Hier", "yesterday"], ["Sources", "sources"], ["Aujourd’hui", "today"]] as const) {
    await page.getByRole("navigation").getByRole("link", { name }).tap();
    await expect(page.locator(`main[data-screen="${screen}"]`)).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, screen).toBe(false);
  }
});

test("there is no barrier on the phone either", async ({ page }) => {
  await open(page, "/aujourdhui");
  for (const path of ["/aujourdhui?panel=live", "/demain", "/sources"]) {
    await go(page, path);
    await expect(page.locator("main h2").first()).toBeVisible();
    await expect(page.locator('main [role="status"] .visually-hidden')).toHaveCount(0);
    expect(await barriers(page), path).toEqual([]);
  }
});
