import { countInView, expect, go, mapReady, open, panel, test } from "../console";

test("facts are listed and counted, one opens with its provenance and what is near, and the address keeps it", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d");
  await expect.poll(() => countInView(page)).toBeGreaterThan(50);
  const first = panel(page, "En direct").getByRole("listitem").locator("button[aria-pressed]").first();
  await first.click();
  const detail = panel(page, "Fait");
  await expect(detail.getByRole("heading", { name: "Provenance" })).toBeVisible();
  await expect(detail.getByText("Lot", { exact: true })).toBeVisible();
  await expect(detail.getByRole("heading", { name: /À moins de 300/ })).toBeVisible();
  expect(page.url()).toMatch(/sel=fact:/);
  await page.reload();
  await mapReady(page);
  await expect(panel(page, "Fait").getByRole("heading", { name: "Provenance" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel(page, "Fait")).toHaveCount(0);
  await page.goBack();
  await expect(panel(page, "Fait")).toBeVisible();
});

test("the map draws the data: with and without facts it does not look the same", async ({ page }) => {
  // The middle of the map, where nothing stands over it and nothing moves.
  const middle = { x: 450, y: 150, width: 500, height: 380 };
  await open(page, "/hier?panel=none&source=no_such_source");
  await expect(page.getByText("Aucun fait ici pour cette période")).toBeVisible();
  const none = await page.screenshot({ clip: middle });
  expect((await page.screenshot({ clip: middle })).equals(none)).toBe(true);
  await go(page, "/hier?panel=none");
  await expect.poll(() => countInView(page)).toBeGreaterThan(50);
  await expect.poll(async () => (await page.screenshot({ clip: middle })).equals(none)).toBe(false);
});

test("points at high zoom open by a click on the map", async ({ page }) => {
  await open(page, "/aujourdhui?period=30d&panel=live&tab=facts");
  await panel(page, "En direct").locator("li button[aria-pressed]").first().click();
  const show = panel(page, "Fait").getByRole("button", { name: "Voir sur la carte" });
  await show.click();
  await expect.poll(() => page.url()).toMatch(/at=[\d.-]+,[\d.-]+,16\.00/);
  await expect(page.getByRole("region", { name: "Légende" }).getByText("Critique")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.evaluate(() => { history.replaceState(null, "", location.href.replace(/&?sel=[^&]*/, "").replace(/panel=live/, "panel=none")); });
  await page.reload();
  await mapReady(page);
  await expect(page.getByRole("region", { name: "Légende" }).getByText("Critique")).toBeVisible();
  const box = await page.locator('[data-testid="map"]').boundingBox();
  if (!box) throw new Error("no map");
  await expect(async () => {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(panel(page, "Fait")).toBeVisible({ timeout: 2000 });
  }).toPass();
});

test("filters by kind, severity and zone narrow the count and stand in the address", async ({ page }) => {
  await open(page, "/aujourdhui?period=30d&panel=filters");
  await expect.poll(() => countInView(page)).toBeGreaterThan(0);
  const all = await countInView(page);
  const filters = panel(page, /Filtres/);
  await filters.getByText("Secours", { exact: true }).click();
  await expect.poll(() => page.url()).toContain("kind=rescue");
  await expect.poll(() => countInView(page)).toBeLessThan(all);
  const rescue = await countInView(page);
  await filters.getByRole("radio", { name: "Grave et au-delà" }).click();
  await expect.poll(() => page.url()).toContain("severity=4");
  await expect.poll(() => countInView(page)).toBeLessThan(rescue);
  await filters.getByRole("button", { name: /Découpage/ }).click();
  await page.getByRole("option", { name: /[Aa]rrondissement/ }).click();
  await filters.getByRole("button", { name: /Zone du découpage/ }).click();
  await page.getByRole("option", { name: /^1er/ }).click();
  await expect.poll(() => decodeURIComponent(page.url())).toMatch(/zone=arrondissement:/);
  await filters.getByRole("button", { name: "Tout effacer" }).click();
  await expect.poll(() => page.url()).not.toContain("kind=");
  await expect.poll(() => countInView(page)).toBe(all);
});

test("the window of time moves by keyboard, by mouse and by preset", async ({ page }) => {
  await open(page, "/aujourdhui");
  const time = page.getByRole("region", { name: "Période" });
  const start = time.getByRole("slider", { name: "Début de la période" });
  await start.focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => page.url()).toMatch(/from=.*to=/);
  const keyed = new URL(page.url()).searchParams.get("from");
  await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => new URL(page.url()).searchParams.get("from")).not.toBe(keyed);
  const box = await time.getByRole("slider", { name: "Période choisie" }).boundingBox();
  if (!box) throw new Error("no window");
  const before = new URL(page.url()).searchParams.get("to");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 200, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => new URL(page.url()).searchParams.get("to")).not.toBe(before);
  await time.getByRole("radio", { name: "7 derniers jours" }).click();
  await expect.poll(() => page.url()).toContain("period=7d");
  await expect(time.getByText("Suit le direct")).toBeVisible();
});

test("the balance tells count, interval and base, and claims nothing from small numbers", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d&tab=balance");
  const row = page.getByRole("row", { name: /Tous les faits/ });
  await expect(row).toBeVisible();
  await row.getByRole("button").focus();
  await expect(page.getByRole("tooltip")).toContainText("intervalle à 95 %");
});

test("means move: their list shows fresh positions", async ({ page }) => {
  await open(page, "/aujourdhui?tab=means");
  await expect(panel(page, "En direct").getByText(/il y a \d+ s/).first()).toBeVisible({ timeout: 90_000 });
});

test("live facts arrive by themselves", async ({ page }) => {
  await open(page, "/aujourdhui?period=1h");
  await expect(page.getByRole("banner").getByText("En direct")).toBeVisible();
  const arrived = page.waitForResponse((response) => response.url().includes("/api/facts?"), { timeout: 100_000 });
  await arrived;
});

test("a lost stream is said and old figures look old", async ({ page, faults }) => {
  faults.allow.push(/stream|ERR_FAILED/);
  await page.route("**/api/stream", (route) => route.abort());
  await open(page, "/aujourdhui");
  await expect(page.getByRole("banner").getByText("Direct interrompu")).toBeVisible();
});

test("a silent server keeps the last map and says so", async ({ page, faults }) => {
  faults.allow.push(/ERR_FAILED|api\/map/);
  await open(page, "/aujourdhui?period=7d&panel=none");
  await expect.poll(() => countInView(page)).toBeGreaterThan(0);
  const before = await countInView(page);
  await page.route("**/api/map?**", (route) => route.abort());
  await page.getByRole("button", { name: "Rapprocher" }).click();
  await expect(page.getByText("La carte garde la dernière réponse")).toBeVisible({ timeout: 60_000 });
  expect(await countInView(page)).toBe(before);
});
