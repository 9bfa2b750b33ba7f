/** The agents' page at 390 px: three taps; without network it opens, keeps, and sends each entry once. */
import type { Page } from "@playwright/test";
import { barriers, expect, STATE_FOLDER, test } from "../console";

const HERE = { longitude: 5.37953, latitude: 43.29651, accuracy: 20 };

test.use({
  viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, permissions: ["geolocation"], geolocation: HERE,
  storageState: `${STATE_FOLDER}/shift_head.json`,
});

interface Sent { client_id: string; cell: string; kind: string; text: string }

/** Write down in the page what each sending that was answered held (Playwright does not see the body of such a request). */
async function listen(page: Page): Promise<() => Promise<Sent[]>> {
  await page.addInitScript(() => {
    const real = window.fetch.bind(window);
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    window.fetch = async (input, init) => {
      const told = input instanceof Request && input.url.endsWith("/api/field/reports") ? ((await input.clone().json()) as { entries: unknown[] }).entries : [];
      const answer = await real(input, init);
      heard.push(...told);
      return answer;
    };
  });
  return () => page.evaluate(() => (window as unknown as { heard: Sent[] }).heard);
}

async function enter(page: Page, kind: string): Promise<void> {
  await page.getByRole("button", { name: kind }).tap();
  await page.getByRole("button", { name: "Ma position" }).tap();
  await page.getByRole("button", { name: "Envoyer" }).tap();
}

const entries = (page: Page) => page.getByRole("region", { name: "Saisies de ce téléphone" }).getByRole("listitem");

/** How many facts there are of the two kinds that are entered without network. */
async function hazards(page: Page): Promise<number> {
  const told = await page.request.get("/api/facts?source=field_reports&limit=100");
  return ((await told.json()) as { items: { kind: string }[] }).items.filter((one) => ["road.traffic.hazard", "road.parking.wreck"].includes(one.kind)).length;
}

test("three taps send an entry, with a cell for a place and nothing finer", async ({ page }) => {
  const heard = await listen(page);
  await page.goto("/terrain");
  await expect(page.getByText("En ligne.")).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Accident de la circulation" }).tap();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Ma position" }).tap();
  await expect(page.getByText("Autour de moi, à 150 m près")).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Envoyer" }).tap();
  await expect(entries(page)).toContainText("Envoyée");
  expect(await barriers(page)).toEqual([]);
  const sent = await heard();
  expect(sent).toHaveLength(1);
  expect(JSON.stringify(sent)).not.toMatch(/43\.29|5\.37/);
  expect(sent[0]?.cell).toMatch(/^8a[0-9a-f]{13}$/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
});

test("a street takes the place of a position, and a dictated text goes along", async ({ page }) => {
  const heard = await listen(page);
  await page.goto("/terrain");
  await page.getByRole("button", { name: "Dépôt sauvage" }).tap();
  await page.getByLabel("Ou une rue").fill("canebiere");
  await page.getByRole("button", { name: /Canebière/ }).first().tap();
  await page.getByLabel("Précision, écrite ou dictée (facultatif)").fill("encombrants sur le trottoir");
  await page.getByRole("button", { name: "Envoyer" }).tap();
  await expect(entries(page)).toContainText("Envoyée");
  expect((await heard())[0]?.text).toBe("encombrants sur le trottoir");
});

test("without network entries wait through a closed tab, and are sent once when it is back", async ({ context, page, faults }) => {
  faults.allow.push(/ERR_INTERNET_DISCONNECTED|net::ERR_FAILED/);
  const known = await hazards(page);
  await page.goto("/terrain");
  await expect(page.locator('main[data-kept="true"]')).toBeVisible();
  await expect(page.getByText("En ligne.")).toBeVisible();
  await context.setOffline(true);
  await enter(page, "Chaussée dangereuse");
  await enter(page, "Véhicule épave");
  await expect(entries(page)).toHaveCount(2);
  await expect(entries(page).filter({ hasText: "En attente" })).toHaveCount(2);
  await page.close();

  const again = await context.newPage();
  const heard = await listen(again);
  const answer = await again.goto("/terrain");
  expect(answer?.fromServiceWorker()).toBe(true);
  expect(await again.evaluate(() => navigator.onLine)).toBe(false);
  await expect(entries(again).filter({ hasText: "En attente" })).toHaveCount(2);
  await expect(again.getByText(/Hors réseau/)).toBeVisible();
  await expect(again.getByRole("button", { name: "Accident de la circulation" })).toBeVisible();
  await context.setOffline(false);
  await expect(entries(again).filter({ hasText: "Envoyée" })).toHaveCount(2);
  const ids = (await heard()).map((one) => one.client_id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(2);
  await again.reload();
  await expect(again.getByText("En ligne.")).toBeVisible();
  await expect(entries(again).filter({ hasText: "Envoyée" })).toHaveCount(2);
  expect(await heard()).toEqual([]);
  // Each became one fact.
  await expect.poll(() => hazards(again), { timeout: 60_000 }).toBe(known + 2);
});
