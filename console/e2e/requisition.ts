/** A case, and a requisition on the square: what the story (specs/story.spec.ts) fills in. */
import type { Page } from "@playwright/test";
import { expect } from "./console";

const CORNERS = ["43.25, 5.37", "43.25, 5.41", "43.30, 5.41", "43.30, 5.37"];

/** Open a case whose evidence somebody else keeps. */
export async function openCase(page: Page, reference: string, custodian: string): Promise<void> {
  await page.getByRole("button", { name: "Ouvrir un dossier" }).click();
  await page.getByLabel("Référence").fill(reference);
  await page.getByLabel("Service qui conduit l’enquête").fill("Parquet de Marseille");
  await page.getByLabel("Gardien des preuves").fill(custodian);
  await page.getByRole("button", { name: "Ouvrir le dossier" }).click();
  await expect(page.getByRole("region", { name: `Dossier ${reference}` })).toBeVisible();
}

/** Fill in a requisition of the whole square, without its document. */
export async function draw(page: Page, number: string): Promise<void> {
  await page.getByRole("tab", { name: "Réquisitions" }).click();
  await page.getByRole("button", { name: "Entrer une réquisition" }).click();
  await page.getByLabel("Numéro").fill(number);
  for (const corner of CORNERS) {
    await page.getByLabel("Coordonnées").fill(corner);
    await page.getByRole("button", { name: "Ajouter", exact: true }).click();
  }
}
