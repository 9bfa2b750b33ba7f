/** No barrier that a machine can find, on any screen, in either theme. */
import type { Page } from "@playwright/test";
import { barriers, expect, go, open, test } from "../console";

const SCREENS = [
  "/aujourdhui?panel=live&period=7d", "/aujourdhui?panel=live&tab=balance&period=7d", "/aujourdhui?panel=live&tab=alerts", "/aujourdhui?panel=live&tab=means",
  "/aujourdhui?panel=filters", "/demain", "/hier", "/hier?tab=analyses", "/sources", "/sources?tab=quarantine", "/sources?of=main_courante&view=contract",
  "/libertes", "/libertes?tab=budget", "/libertes?tab=personal", "/libertes?tab=proofs", "/libertes?tab=glass",
  "/aujourdhui?panel=live&tab=alerts&rules=new", "/aujourdhui?panel=live&tab=indicators", "/aujourdhui?panel=live&tab=crowds&crowd=1",
  "/demain?view=clashes", "/demain?view=forecast", "/demain?view=scores", "/demain?form=new", "/aujourdhui?wall=1",
];

test.use({ viewport: { width: 1100, height: 700 } });

/** Of what stands on the page, in both themes: it is drawn once and dyed twice, as when the machine's evening begins. */
async function noBarrier(page: Page, path: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    expect(await barriers(page), `${path} (${colorScheme})`).toEqual([]);
  }
}

test("no screen has a barrier", async ({ page }) => {
  test.setTimeout(900_000);
  await open(page, "/aujourdhui");
  for (const path of SCREENS) {
    await test.step(path, async () => {
      await go(page, path);
      await expect(page.locator("main h2").first()).toBeVisible();
      await expect(page.locator('main [role="status"] .visually-hidden')).toHaveCount(0);
      await noBarrier(page, path);
    });
  }
});

test("the sign-in page has no barrier", async ({ page, context }) => {
  await context.clearCookies();
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Se connecter" })).toBeVisible();
  await noBarrier(page, "/");
});
