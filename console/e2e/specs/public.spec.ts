/** Public information: one writes, another approves, everybody reads it, and no longer than it is true. */
import type { Browser, Page } from "@playwright/test";
import { barriers, expect, FIRST_PASSWORD, NEW_PASSWORD, open, panel, STATE_FOLDER, test } from "../console";

const TITLE = "Sortie de match au Vélodrome";

async function enterAsOperator(page: Page): Promise<void> {
  await page.goto("/aujourdhui?panel=live&tab=public");
  await page.getByRole("button", { name: "Entrer comme operator" }).click();
  await page.getByLabel("Mot de passe actuel").fill(FIRST_PASSWORD);
  await page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
  await page.getByLabel("Encore une fois").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Changer et entrer" }).click();
  await expect(page.locator('main[data-screen="today"]')).toBeVisible();
}

async function asHead(browser: Browser, see: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ storageState: `${STATE_FOLDER}/shift_head.json` });
  await see(await context.newPage());
  await context.close();
}

test.use({ storageState: { cookies: [], origins: [] } });

test("an operator writes, the shift head approves, the public page and CAP tell it, and a withdrawal ends it", async ({ page, browser, request, faults }) => {
  faults.allow.push(/422/); // the line that is too long for the panel
  await enterAsOperator(page);
  await page.getByRole("button", { name: "Nouveau message" }).click();
  const form = panel(page, "Nouveau message");
  const submit = form.getByRole("button", { name: "Soumettre à approbation" });
  await expect(submit).toBeDisabled();
  await form.getByLabel("Titre, en français").fill(TITLE);
  await form.getByLabel("Titre, en anglais").fill("End of the match at the Vélodrome");
  await form.getByLabel("Ce qui se passe, en français").fill("Le boulevard Michelet est fermé aux voitures.");
  await form.getByLabel("Ce qui se passe, en anglais").fill("Boulevard Michelet is closed to cars.");
  await form.getByLabel("Rues concernées").fill("boulevard Michelet");
  await form.getByText("Aussi sur les panneaux de rue").click();
  await form.getByLabel("Texte du panneau").fill("Michelet fermé\nune ligne bien trop longue pour un panneau");
  await expect(form.getByRole("list", { name: "Longueur de chaque ligne" })).toContainText("trop longue");
  await submit.click();
  await expect(form.getByText(/Le panneau a/)).toBeVisible();
  await form.getByLabel("Texte du panneau").fill("Michelet fermé\nprenez le métro");
  await expect(form.getByRole("img", { name: "Panneau : MICHELET FERMÉ / PRENEZ LE MÉTRO" })).toBeVisible();
  await form.getByRole("region", { name: "Tel qu’il sera lu" }).getByText("EN", { exact: true }).click();
  await expect(form.getByRole("article")).toContainText("Boulevard Michelet is closed to cars.");
  expect(await barriers(page)).toEqual([]);
  await submit.press("Enter");

  const mine = panel(page, TITLE);
  await expect(mine.getByText("Attend l’approbation").first()).toBeVisible();
  await expect(mine.getByRole("button", { name: "Approuver", exact: true })).toBeDisabled();
  await expect(mine.getByText(/vous avez écrit ou soumis ce message/)).toBeVisible();
  await expect(mine.getByText("Le public ne lit pas ce message.")).toBeVisible();
  await expect(panel(page, "En direct").getByRole("region", { name: "Attendent une approbation" })).toContainText(TITLE);
  expect(await barriers(page)).toEqual([]);
  expect(await (await request.get("/public/messages?lang=fr")).text()).not.toContain(TITLE);
  const address = new URL(page.url());

  await asHead(browser, async (head) => {
    await open(head, address.pathname + address.search);
    const theirs = panel(head, TITLE);
    await theirs.getByRole("button", { name: "Approuver", exact: true }).click();
    await expect(theirs.getByText("Approuvé", { exact: true }).first()).toBeVisible();
    await theirs.getByRole("button", { name: "Publier", exact: true }).click();
    await expect(theirs.getByText("Ce message est public.")).toBeVisible();
    await expect(theirs.getByText(/^jusqu’à/)).toBeVisible();
    expect(await barriers(head)).toEqual([]);
    const cap = await theirs.getByRole("link", { name: "Alerte CAP 1.2" }).getAttribute("href");
    const alert = await request.get(cap ?? "");
    expect(alert.headers()["content-type"]).toContain("cap+xml");
    const told = await alert.text();
    expect(told).toContain("urn:oasis:names:tc:emergency:cap:1.2");
    expect(told).toContain(TITLE);
    await head.goto("/public/messages?lang=fr");
    await expect(head.getByRole("article")).toContainText(TITLE);
    await expect(head.getByRole("article")).toContainText("boulevard Michelet");
    expect(await barriers(head)).toEqual([]);

    await open(head, address.pathname + address.search);
    await theirs.getByRole("button", { name: "Retirer", exact: true }).click();
    const sure = theirs.getByRole("button", { name: "Retirer", exact: true });
    await expect(sure).toBeDisabled();
    await theirs.getByLabel("Pourquoi le retirer ?").fill("Le boulevard est rouvert");
    await sure.click();
    await expect(theirs.getByText("Ce message est annulé, et le public lit qu’il l’est.")).toBeVisible();
    await expect(theirs.getByText("Motif : Le boulevard est rouvert")).toBeVisible();
  });
  const now = await (await request.get("/public/messages?lang=fr")).text();
  expect(now).toContain("Ce message est annulé");
});

test("the same in English and at night, without a barrier", async ({ page, browser }) => {
  await asHead(browser, async (head) => {
    await head.addInitScript(() => { localStorage.setItem("vigie.preferences", JSON.stringify({ language: "en", theme: "dark" })); });
    await head.emulateMedia({ colorScheme: "dark" });
    await open(head, "/aujourdhui?panel=live&tab=public&message=new");
    await expect(head.locator("main h2").first()).toBeVisible();
    expect(await barriers(head)).toEqual([]);
  });
  await page.goto("/public/messages?lang=en");
  expect(await barriers(page)).toEqual([]);
});
