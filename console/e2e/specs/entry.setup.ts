/** The way in: demo accounts are told, a wrong password is refused in words, a known one must change first. */
import { expect, FIRST_PASSWORD, NEW_PASSWORD, STATE_FOLDER, test } from "../console";

test("a wrong password is refused in words, and nothing is lost", async ({ page, faults }) => {
  faults.allow.push(/401|403|422/);
  await page.goto("/");
  await page.getByLabel("Identifiant").fill("shift_head");
  await page.getByLabel("Mot de passe").fill("not this one");
  await page.getByRole("button", { name: "Entrer", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Identifiant")).toHaveValue("shift_head");
});

for (const role of ["shift_head", "elected", "analyst", "dpo"]) {
  test(`${role} enters with the demo account and must choose a password`, async ({ page }) => {
    await page.goto("/hier?period=7d");
    const accounts = page.getByRole("table");
    await expect(accounts.getByText(role, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: `Entrer comme ${role}` }).click();
    await expect(page.getByRole("heading", { name: "Choisissez un mot de passe" })).toBeVisible();
    await page.getByLabel("Mot de passe actuel").fill(FIRST_PASSWORD);
    await page.getByLabel("Nouveau mot de passe").fill(NEW_PASSWORD);
    await page.getByLabel("Encore une fois").fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Changer et entrer" }).click();
    // The address one came with is kept through the sign-in.
    await expect(page.locator('main[data-screen="yesterday"]')).toBeVisible();
    expect(page.url()).toContain("period=7d");
    await page.context().storageState({ path: `${STATE_FOLDER}/${role}.json` });
  });
}
