/** The second factor, by keyboard alone: enrol a device, sign in with its code, see and end one's own sessions. */
import type { Page } from "@playwright/test";
import { createHmac } from "node:crypto";
import { barriers, expect, FIRST_PASSWORD, mapReady, NEW_PASSWORD, now, test } from "../console";

const STEP_S = 30;
test.use({ storageState: { cookies: [], origins: [] } });

/** RFC 6238, six digits; `later` steps ahead of now. */
function codeOf(secret: string, later = 0): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now().getTime() / 1000 / STEP_S) + later));
  const mark = createHmac("sha1", key).update(counter).digest();
  const offset = (mark.at(-1) ?? 0) & 15;
  return String((mark.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function givePassword(page: Page, password: string): Promise<void> {
  await page.getByLabel("Identifiant").fill("planner");
  await page.getByLabel("Mot de passe").fill(password);
  await page.keyboard.press("Enter");
}

async function openSecurity(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Compte de/ }).press("Enter");
  await page.getByRole("button", { name: "Sécurité du compte" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Sécurité du compte" })).toBeVisible();
}

test("a device is enrolled, asked for at sign-in, and sessions are ended from elsewhere", async ({ page, browser, faults }) => {
  faults.allow.push(/401/);
  await page.goto("/");
  await givePassword(page, FIRST_PASSWORD);
  await page.getByLabel("Mot de passe actuel").fill(FIRST_PASSWORD);
  await page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
  await page.getByLabel("Encore une fois").fill(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await mapReady(page);

  await openSecurity(page);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Enregistrer un appareil" }).press("Enter");
  await page.getByLabel("Mot de passe actuel").fill(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("img", { name: /Code QR/ })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  const secret = await page.locator("form code").innerText();
  await page.getByLabel("Premier code").fill(codeOf(secret));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").filter({ has: page.locator("code") })).toHaveCount(10);
  const [recovery = "", second = ""] = await page.locator("ol code").allInnerTexts();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(page.getByText("il reste 10 codes de secours")).toBeVisible();

  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(page.url());
  await givePassword(elsewhere, NEW_PASSWORD);
  await expect(elsewhere.getByRole("heading", { name: "Code à usage unique" })).toBeVisible();
  expect(await barriers(elsewhere)).toEqual([]);
  await elsewhere.getByLabel("Code", { exact: true }).fill("000000");
  await elsewhere.keyboard.press("Enter");
  await expect(elsewhere.getByRole("alert")).toContainText("Code refusé");
  await elsewhere.getByLabel("Code", { exact: true }).fill(codeOf(secret, 1));
  await elsewhere.keyboard.press("Enter");
  await mapReady(elsewhere);

  await page.getByRole("button", { name: "Terminé" }).press("Enter");
  await openSecurity(page);
  await expect(page.getByRole("list", { name: "Sessions ouvertes" }).getByRole("listitem")).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Fermer toutes les autres" })).toBeDisabled();
  await page.getByLabel("Code de l’appareil, pour fermer une session").fill("000000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("Code refusé");
  await page.getByLabel("Code de l’appareil, pour fermer une session").fill(second);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Sessions ouvertes" }).getByRole("listitem")).toHaveCount(1);
  // Its stream breaks, it asks who is there, and stands before the door: nobody has to reload.
  await expect(elsewhere.getByRole("heading", { name: "Se connecter" })).toBeVisible({ timeout: 90_000 });

  await givePassword(elsewhere, NEW_PASSWORD);
  await elsewhere.getByLabel("Code", { exact: true }).fill(recovery);
  await elsewhere.keyboard.press("Enter");
  await mapReady(elsewhere);
  await other.close();
});
