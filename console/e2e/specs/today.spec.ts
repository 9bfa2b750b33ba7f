import type { Page } from "@playwright/test";
import { barriers, countInView, enterFact, expect, go, mapReady, MOST_SHIFT, open, panel, test, watchShifts } from "../console";

/** A cell in the middle of the city. */
const CENTRE = "8a3968153b9ffff";
/** CSS pixels of the whole world at zoom 0, as MapLibre counts. */
const WORLD_PX = 512;

interface Place { lon: number; lat: number }

/** Where a place lies on the map as the address tells its middle (Web Mercator). */
function onScreen(address: string, place: Place, box: { x: number; y: number; width: number; height: number }): { x: number; y: number } {
  const [lon = 0, lat = 0, zoom = 0] = (new URL(address).searchParams.get("at") ?? "").split(",").map(Number);
  const world = WORLD_PX * 2 ** zoom;
  const down = (degrees: number): number => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360)) / (2 * Math.PI);
  return {
    x: box.x + box.width / 2 + ((place.lon - lon) / 360) * world,
    y: box.y + box.height / 2 + (down(lat) - down(place.lat)) * world,
  };
}

/** A fact of the last days: one that an alert stands on, if there is one, since that is the hardest to reach. */
async function coveredFact(page: Page): Promise<Place & { fact_id: string }> {
  const told = async <T>(path: string): Promise<T> => (await page.request.get(path)).json() as Promise<T>;
  const { items: facts } = await told<{ items: { fact_id: string; lon: number | null; lat: number | null }[] }>("/api/facts?limit=100");
  const { items: alerts } = await told<{ items: { state: string; lon: number | null; lat: number | null }[] }>("/api/alerts");
  const placed = facts.filter((fact): fact is Place & { fact_id: string } => fact.lon !== null && fact.lat !== null);
  const beneath = placed.find((fact) => alerts.some((alert) => alert.state === "raised" && alert.lon === fact.lon && alert.lat === fact.lat));
  const found = beneath ?? placed[0];
  if (!found) throw new Error("no fact with a place");
  return found;
}

/** A picture of a part of the page once nothing of it changes any more. */
async function settledPicture(page: Page, clip: { x: number; y: number; width: number; height: number }): Promise<Buffer> {
  let last = await page.screenshot({ clip });
  await expect(async () => {
    const before = last;
    last = await page.screenshot({ clip });
    expect(last.equals(before)).toBe(true);
  }).toPass();
  return last;
}

/** How many frames the page asks for in a second. */
async function framesAsked(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((tell) => {
    let count = 0;
    const real = window.requestAnimationFrame;
    window.requestAnimationFrame = (frame) => {
      count += 1;
      return real.call(window, frame);
    };
    setTimeout(() => {
      window.requestAnimationFrame = real;
      tell(count);
    }, 1_000);
  }));
}

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
  const none = await settledPicture(page, middle);
  // Nothing changes: a console that stands open all day keeps no core busy looking whether something does.
  await expect.poll(() => framesAsked(page)).toBeLessThan(15);
  await go(page, "/hier?panel=none");
  await expect.poll(() => countInView(page)).toBeGreaterThan(50);
  await expect.poll(async () => (await page.screenshot({ clip: middle })).equals(none)).toBe(false);
});

test("points at high zoom open by a click on the map, and by a second click what an alert lies over", async ({ page }) => {
  await page.goto("/aujourdhui?panel=none");
  await mapReady(page);
  const fact = await coveredFact(page);
  await go(page, `/aujourdhui?period=30d&panel=none&sel=fact:${fact.fact_id}`);
  await panel(page, "Fait").getByRole("button", { name: "Voir sur la carte" }).click();
  await expect.poll(() => page.url()).toMatch(/at=[\d.-]+,[\d.-]+,16\.00/);
  await expect(page.getByRole("region", { name: "Légende" }).getByText("Critique")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.url()).not.toContain("sel=");
  const box = await page.locator('[data-testid="map"]').boundingBox();
  if (!box) throw new Error("no map");
  const spot = onScreen(page.url(), fact, box);
  // The first click may come before the points of this place are drawn, or open what lies over this one.
  await expect(async () => {
    await page.mouse.click(spot.x, spot.y);
    await expect.poll(() => page.url(), { timeout: 5_000 }).toContain(`sel=fact:${fact.fact_id}`);
  }).toPass({ timeout: 120_000 });
  await expect(panel(page, "Fait").getByRole("heading", { name: "Provenance" })).toBeVisible();
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
  // Facts go on arriving meanwhile.
  await expect.poll(() => countInView(page)).toBeGreaterThanOrEqual(all);
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

test("the balance tells count, interval and base, and claims nothing from small numbers; an indicator is kept, changed and ended", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d&tab=balance");
  const row = page.getByRole("row", { name: /Tous les faits/ });
  await expect(row).toBeVisible();
  await row.getByRole("button").focus();
  await expect(page.getByRole("tooltip")).toContainText("intervalle à 95 %");
  await go(page, "/aujourdhui?tab=indicators");
  await page.getByRole("button", { name: "Nouvel indicateur" }).click();
  await page.getByLabel("Nom", { exact: true }).fill("Compté pour l’essai");
  await page.getByRole("button", { name: "Garder", exact: true }).click();
  await page.getByRole("button", { name: "Modifier « Compté pour l’essai »" }).click();
  await page.getByRole("spinbutton", { name: "Seuil" }).fill("7");
  await page.getByRole("button", { name: "Garder", exact: true }).click();
  const tile = page.getByRole("article", { name: "Compté pour l’essai" });
  await expect(tile).toBeVisible();
  const { items } = await (await page.request.get("/api/indicators")).json() as { items: { title: string; number: number; threshold: number | null }[] };
  expect(items.find((one) => one.title === "Compté pour l’essai")).toMatchObject({ number: 2, threshold: 7 });
  await tile.getByRole("button", { name: /^Arrêter/ }).click();
  await tile.getByRole("button", { name: "Arrêter pour tous" }).click();
  await expect(tile).toHaveCount(0);
});

test("the live room by keys: the help, a situation, its means, and a shift head's own zone drawn for a rule", async ({ page }) => {
  await open(page, "/aujourdhui?period=7d");
  await panel(page, "En direct").locator("li button[aria-pressed]").first().click();
  await expect(panel(page, "Fait").getByRole("heading", { name: "Fait", exact: true })).toBeFocused();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Raccourcis clavier" });
  await expect(help.getByText("aller aux moyens proposés de la situation")).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(help).toHaveCount(0);
  await page.keyboard.press("d");
  const means = panel(page, "Situation").getByRole("heading", { name: "Moyens proposés" });
  await expect(means).toBeFocused();
  expect(page.url()).toMatch(/situation=fact:.*stab=act/);

  await go(page, "/aujourdhui?tab=alerts&rules=new");
  const live = panel(page, "En direct");
  await live.getByLabel("Nom", { exact: true }).fill("Au large, dessinée");
  await live.getByRole("button", { name: /Zone$/ }).click();
  await page.getByRole("option", { name: "Surface dessinée sur la carte" }).click();
  const keep = live.getByRole("button", { name: "Enregistrer" });
  await expect(keep).toBeDisabled();
  await live.getByRole("button", { name: "Dessiner sur la carte" }).click();
  const map = page.locator('[data-testid="map"] canvas').first();
  for (const position of [{ x: 700, y: 200 }, { x: 900, y: 200 }, { x: 800, y: 350 }]) await map.click({ position });
  await expect(live.getByText("3 sommets.")).toBeVisible();
  await live.getByText("Sources : toutes").click();
  await live.getByText("Main courante de police municipale").click();
  await live.getByRole("button", { name: "Essayer sur le passé" }).click();
  await expect(live.getByRole("heading", { name: /^Aurait sonné/ })).toBeVisible({ timeout: 120_000 });
  await keep.click();
  const rule = live.getByRole("listitem").filter({ hasText: "Au large, dessinée" });
  await rule.getByRole("button", { name: "Modifier" }).click();
  await expect(live.getByText("3 sommets.")).toBeVisible();
  await expect(live.getByText("Sources : 1 choisie")).toBeVisible();
  await live.getByRole("button", { name: "Retour aux règles" }).click();
  await rule.getByRole("button", { name: "Abandonner" }).click();
  await expect(rule.getByRole("button", { name: "Abandonner" })).toHaveCount(0);
});

test("means move: their list shows fresh positions, and one opens what is going on where it is", async ({ page }) => {
  await open(page, "/aujourdhui?tab=means");
  const fresh = panel(page, "En direct").getByText(/il y a \d+ s/).first();
  await expect(fresh).toBeVisible({ timeout: 90_000 });
  await fresh.click();
  await page.getByRole("button", { name: "Que se passe-t-il ici ?" }).click();
  await expect(panel(page, "Situation").getByRole("tab", { name: /Chronologie/ })).toBeVisible();
});

test("a fact that is told elsewhere arrives in the list by itself, and nothing jumps", async ({ page }) => {
  const shifts = await watchShifts(page);
  await open(page, "/aujourdhui?period=1h");
  await expect(page.getByRole("banner").getByText("En direct")).toBeVisible();
  const told = await enterFact(page, "space.equipment.light_fault", CENTRE);
  await expect(panel(page, "En direct").locator(`li[data-fact="${told}"]`)).toBeVisible({ timeout: 60_000 });
  const { score, moved } = await shifts();
  expect(score, moved.join("\n")).toBeLessThan(MOST_SHIFT);
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
  await page.route("**/api/map?**", (route) => route.abort());
  const before = await countInView(page);
  await page.getByRole("button", { name: "Rapprocher" }).click();
  await expect(page.getByText("La carte garde la dernière réponse")).toBeVisible({ timeout: 60_000 });
  // Soon: each minute the period moves on, and a question that has just begun shows what was there before.
  await expect.poll(() => countInView(page), { timeout: 10_000 }).toBe(before);
});
