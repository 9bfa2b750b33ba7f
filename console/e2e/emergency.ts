/** An emergency and its review, in time or late: what the story (specs/story.spec.ts) does there. */
import type { Browser, Page } from "@playwright/test";
import { expect } from "./console";
import { draw } from "./requisition";
import { picture, returns, serveLater } from "./story";

/** An emergency has a day for its review; this is an hour more. */
const TOO_LATE_MS = 25 * 3_600_000;

/** The officer, on the document that has come. */
export async function review(page: Page, act: string): Promise<void> {
  const one = page.getByRole("region", { name: /2026\/0418/ });
  await expect(one.getByRole("button", { name: "Justifié", exact: true })).toBeDisabled();
  await one.getByLabel("Acte écrit").setInputFiles(act);
  await one.getByRole("button", { name: "Justifié", exact: true }).click();
  await expect(one.getByText(/^Justifié : contrôlée par dpo/)).toBeVisible();
}

/** What becomes of it where nobody reviews: the same home an hour past the day, until somebody does. */
export async function leftUnreviewed(browser: Browser, login: string, at: string, act: string): Promise<void> {
  const later = await serveLater(TOO_LATE_MS);
  try {
    const asker = await returns(browser, login, later);
    await asker.goto(at);
    const one = asker.getByRole("region", { name: /2026\/0418/ });
    await expect(one.getByText("Contrôle en retard")).toBeVisible();
    await expect(one.getByText(/le demandeur ne peut plus rien demander/)).toBeVisible();
    await draw(asker, "2026/0419");
    await asker.getByLabel("Acte écrit").setInputFiles(act);
    await asker.getByRole("button", { name: "Entrer et geler" }).click();
    await expect(asker.getByRole("alert")).toContainText("Une urgence attend son contrôle depuis plus de 24 heures");
    await picture(asker, "stopped");
    const officer = await returns(browser, "dpo", later);
    await officer.goto(at);
    await review(officer, act);
    await asker.getByRole("button", { name: "Entrer et geler" }).click();
    await expect(asker.getByRole("region", { name: /2026\/0419/ })).toBeVisible();
    await Promise.all([asker.context().close(), officer.context().close()]);
  } finally {
    await later.end();
  }
}
