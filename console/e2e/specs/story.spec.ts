/**
 * One story through the real screens, in chapters: the evening before, the brawl live, the requisition of the next day,
 * and the end, when what is personal is gone and the proofs hold. The README shows its
 * pictures: `npm --prefix console run pictures` writes them again, a test run does not.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { barriers, expect, FIRST_PASSWORD, NEW_PASSWORD, now, open, panel, STADIUM, STATE_FOLDER, test } from "../console";
import { leftUnreviewed, review } from "../emergency";
import { humanMinutes, Person } from "../human";
import { draw, openCase } from "../requisition";
import { addAccount, enter, exactHash, faults, HOME, hoursFrom, picture, PORT, PYTHON, refusals, ROOT, shown, verifyElsewhere, watch } from "../story";

const SLOW = 120_000;
const BEFORE_MS = 300_000;
const DAY_MS = 86_400_000;
/** The drill, all three persons one after the other. */
const MOST_MINUTES = 15;
/** Longer than any term of what is personal: three years, and the day on which they end. */
const TERM_DAYS = 1_100;

interface Staged { at_us: number; lon: number; lat: number; camera: string }

/** The events of a stretch of days with the largest crowd first; those called off are left out. */
async function events(page: Page, kind: string, from: number, days: number): Promise<{ plan_id: string; title: string; starts_at: string; ends_at: string }[]> {
  const answer = await page.request.get("/api/agenda", { params: { from: new Date(from).toISOString(), days, kind, once: true } });
  const { plans } = await answer.json() as { plans: { plan_id: string; title: string; starts_at: string; ends_at: string; state: string; attendance_likely: number | null }[] };
  return plans.filter((one) => one.state !== "cancelled").sort((one, other) => (other.attendance_likely ?? 0) - (one.attendance_likely ?? 0));
}

test.describe.configure({ mode: "serial", timeout: 900_000 });

let staged: Staged;
/** The package as the investigator took it away. */
let taken = "";

test("I. the evening before: the agenda warned of a clash, and a what-if moved a post", async ({ page }) => {
  await page.goto("/");
  const coming = await events(page, "event.sport.match", now().getTime(), 60);
  const clashes = (await (await page.request.get("/api/clashes")).json() as { items: { clash_id: string; plans: string[]; explanation: { fr: string } }[] }).items;
  const told = coming.flatMap((match) => clashes.filter((clash) => clash.plans.includes(match.plan_id)).map((clash) => ({ match, clash })))[0];
  if (!told) throw new Error("no match of the agenda clashes with anything");

  await open(page, `/demain?view=clashes&days=90&clash=${told.clash.clash_id}`);
  await expect(page.getByText(told.clash.explanation.fr).first()).toBeVisible({ timeout: SLOW });
  await shown(page, "1-clash");

  await open(page, `/demain?event=${told.match.plan_id}&tab=means`);
  const posts = page.getByRole("listitem").filter({ has: page.getByText(/^Poste \d+/) });
  await expect(posts.first()).toBeVisible({ timeout: SLOW });
  const planned = await posts.allInnerTexts();
  const form = page.getByRole("form", { name: "Moyens et conditions" });
  await form.getByLabel("Postes").fill(String(Math.max(1, planned.length - 1)));
  await form.getByRole("button", { name: "Proposer" }).click();
  await expect.poll(async () => (await posts.allInnerTexts()).join(), { timeout: SLOW }).not.toBe(planned.join());
  await page.getByRole("button", { name: "Mettre dans le dossier" }).click();
  await page.getByRole("dialog", { name: "Mettre dans le dossier" }).getByRole("button", { name: "Confirmer" }).click();
  await expect(page.getByText(/^Dossier, version \d+/)).toBeVisible({ timeout: SLOW });
  const file = await (await page.request.get(`/api/event-files/${told.match.plan_id}`)).json() as { why: string; content: { shifts: unknown[] } };
  expect(file.content.shifts).not.toEqual([]);
  expect(file.why).toMatch(/vacations repris.*Attendus : .* faits/);
  await shown(page, "2-posts");
});

test("II. live: four feeds tell of one brawl, its camera five minutes back, the card, a means sent", async ({ browser }) => {
  const first = addAccount("lea", "operator");
  staged = JSON.parse(execFileSync(PYTHON, ["console/e2e/stage.py", HOME, PORT, String(STADIUM.lon), String(STADIUM.lat), "lea"], { cwd: ROOT, encoding: "utf-8" })) as Staged;
  const page = await enter(browser, "lea", first, "today");
  const alert = await test.step("the alert rings", async () => {
    let found = "";
    await expect(async () => {
      const { items } = await (await page.request.get("/api/alerts")).json() as { items: { alert_id: string; lon: number | null; lat: number | null; at: string }[] };
      const mine = items.find((one) => Math.hypot((one.lon ?? 0) - staged.lon, (one.lat ?? 0) - staged.lat) < 0.001 && Date.parse(one.at) === staged.at_us / 1000);
      expect(mine).toBeDefined();
      found = mine?.alert_id ?? "";
    }).toPass({ timeout: SLOW });
    await open(page, `/aujourdhui?panel=live&tab=alerts&sel=alert:${found}`);
    const one = panel(page, "Alerte");
    await expect(one.getByText(/« Rixe »/).first()).toBeVisible();
    await one.getByRole("button", { name: "Prendre en compte", exact: true }).click();
    await expect(one.getByText(/^prise en compte/).first()).toBeVisible();
    return one;
  });

  await test.step("the operator says why, and looks five minutes back", async () => {
    await alert.getByRole("button", { name: "Caméras proches, 5 min avant" }).click();
    const form = panel(page, "Ouvrir des images");
    await form.getByLabel(/^Motif/).fill("Rixe signalée près du stade, levée de doute");
    await form.getByRole("button", { name: /^Ouvrir \d+ caméra/ }).click();
    await expect(page.locator(`figure[data-camera="${staged.camera}"]`)).toHaveAttribute("data-state", "showing", { timeout: SLOW });
    const clock = page.getByTestId("film-clock");
    expect(Number(await clock.getAttribute("data-instant"))).toBeGreaterThanOrEqual(staged.at_us / 1000 - BEFORE_MS);
    expect(Number(await clock.getAttribute("data-instant"))).toBeLessThan(staged.at_us / 1000);
    // On to the alert's own second, where the drawn crowd is.
    await page.getByRole("slider", { name: "Instant" }).fill(String(staged.at_us / 1000));
    await expect(page.locator(`figure[data-camera="${staged.camera}"]`)).toHaveAttribute("data-state", "showing");
    await shown(page, "4-camera");
    await page.getByRole("button", { name: "Fermer les images" }).click();
    await page.goBack();
  });

  await test.step("one situation: police, rescue, a citizen and a density signal", async () => {
    const { items } = await (await page.request.get("/api/alerts")).json() as { items: { alert_id: string; at: string; lon: number | null }[] };
    const id = items.find((one) => one.lon !== null && Math.abs(one.lon - staged.lon) < 0.001)?.alert_id ?? "";
    await open(page, `/aujourdhui?panel=none&situation=alert:${id}`);
    const incident = panel(page, "Situation").getByRole("group", { name: "Sans doute le même incident" }).filter({ hasText: "Rixe" }).first();
    await expect(incident.getByRole("listitem")).toHaveCount(4);
    await expect(incident.getByText("Rixe", { exact: true })).toHaveCount(2);
    await shown(page, "3-situation");
  });

  await test.step("the card is followed, a means is sent by a person", async () => {
    const situation = panel(page, "Situation");
    await situation.getByRole("tab", { name: "Agir", exact: true }).click();
    await situation.getByRole("button", { name: "Ouvrir la situation", exact: true }).click();
    const steps = situation.getByRole("button", { name: /^Fait : / });
    await expect(steps.first()).toBeVisible();
    const count = await steps.count();
    for (let left = count; left > 0; left -= 1) {
      await expect(steps).toHaveCount(left);
      await steps.first().click();
    }
    await expect(steps).toHaveCount(0);
    await situation.getByRole("button", { name: /^Engager / }).first().click();
    await situation.getByLabel(/^Motif/).fill("Rixe confirmée à l’image");
    await situation.getByRole("button", { name: /^Confirmer l’engagement de / }).click();
    await expect(situation.getByRole("region", { name: "Engagements confirmés" }).getByRole("listitem").first()).toContainText("lea");
    await shown(page, "5-act");
  });
  expect(faults.splice(0)).toEqual([]);
  await page.context().close();
});

test("III. the next day: from the requisition to a package that proves itself elsewhere", async ({ browser }) => {
  const act = join(mkdtempSync(join(tmpdir(), "vigie-act-")), "acte.pdf");
  writeFileSync(act, "%PDF-1.7 un acte d'essai");
  const asker = await enter(browser, "investigator", FIRST_PASSWORD);
  const custodian = await enter(browser, "karim", addAccount("karim", "investigator"));
  const [requester, keeper, overseer] = [new Person("requester"), new Person("custodian"), new Person("overseer")];

  await test.step("the investigator opens a case and marks a hypothesis as one", async () => {
    await expect(asker.getByRole("link", { name: "Aujourd’hui" })).toHaveCount(0);
    await openCase(asker, "26/01234", "karim");
    await asker.getByLabel("Texte").fill("Demander les horaires du match");
    await asker.getByRole("radio", { name: "Tâche" }).click();
    await asker.getByRole("button", { name: "Écrire" }).click();
    await asker.getByRole("button", { name: "C’est fait" }).click();
    await expect(asker.getByText("Tâche faite")).toBeVisible();
    await asker.getByRole("tab", { name: "Chronologie" }).click();
    await asker.getByText("Écrire dans la chronologie").click();
    await asker.getByRole("radio", { name: "Hypothèse" }).click();
    await asker.getByLabel("Texte").fill("Le groupe viendrait du stade");
    await asker.getByLabel("Coordonnées").fill("43.295, 5.375");
    await asker.getByRole("button", { name: "Ajouter", exact: true }).click();
    await asker.getByRole("button", { name: "Écrire", exact: true }).click();
    await expect(asker.getByRole("list", { name: "Chronologie" }).getByText("Hypothèse")).toBeVisible();
  });

  await test.step("a requisition freezes what its act covers, and a wider query is refused", async () => {
    await requester.at(asker.context());
    await keeper.at(custodian.context());
    for (const one of [requester, keeper, overseer]) one.types("identifiant", NEW_PASSWORD);
    await draw(asker, "2026/0417");
    await requester.reads(asker.getByRole("region", { name: "Entrer une réquisition" }));
    const sure = asker.getByRole("button", { name: "Entrer et geler" });
    await expect(sure).toBeDisabled();
    await asker.getByLabel("Acte écrit").setInputFiles(act);
    await expect(asker.getByRole("status").filter({ hasText: "SHA-256" })).toBeVisible();
    await picture(asker, "requisition");
    await sure.click();
    const one = asker.getByRole("region", { name: /Article 60-1/ });
    await expect(one.getByText("Attend deux approbations")).toBeVisible();
    await expect(one.getByText("Qui demande n’approuve pas.")).toBeVisible();
    await expect(one.getByRole("button", { name: "Approuver cette requête exacte" })).toHaveCount(0);
    await one.getByText("Resserrer la requête").click();
    const from = one.getByLabel("Du", { exact: true });
    const whole = await from.inputValue();
    await from.fill(hoursFrom(whole, -1));
    await one.getByRole("button", { name: "Lier cette requête" }).click();
    await expect(one.getByRole("alert")).toContainText("la requête dépasse l’acte (la fenêtre)");
    await picture(asker, "refused");
    const wide = await exactHash(asker);
    await from.fill(hoursFrom(whole, 23));
    await one.getByRole("button", { name: "Lier cette requête" }).click();
    await expect.poll(() => exactHash(asker)).not.toBe(wide);
    await expect(one.getByRole("alert")).toHaveCount(0);
  });

  await test.step("two others approve the exact query that they are shown", async () => {
    const address = new URL(asker.url());
    const sha256 = await exactHash(asker);
    const officer = watch(await (await browser.newContext({ storageState: `${STATE_FOLDER}/dpo.json` })).newPage());
    await overseer.at(officer.context());
    for (const [page, side, person] of [[custodian, "gardien", keeper], [officer, "contrôle", overseer]] as const) {
      person.opens(4); // the screen, the case, its requisitions, this one
      await page.goto(address.pathname + address.search);
      const one = page.getByRole("region", { name: /Article 60-1/ });
      await expect(one.getByText(sha256).first()).toBeVisible();
      await one.getByText("Le texte exact").click();
      await expect(one.getByLabel("Le texte exact")).toContainText("ring_e7");
      await person.reads(one);
      await one.getByRole("button", { name: "Approuver cette requête exacte" }).click();
      await expect(one.getByRole("listitem").filter({ hasText: side })).toBeVisible();
      await expect(one.getByRole("button", { name: "Approuver cette requête exacte" })).toHaveCount(0);
    }
    await expect(officer.getByRole("tab", { name: "Chronologie" })).toHaveCount(0);
    await expect(officer.getByRole("region", { name: /Article 60-1/ }).getByText("Approuvée")).toBeVisible();
    await officer.emulateMedia({ colorScheme: "dark" });
    await picture(officer, "approved-dark");
    await officer.context().close();
  });

  const download = await test.step("the vault opens once, and the package is checked here", async () => {
    await asker.getByRole("button", { name: "Relire" }).click();
    const one = asker.getByRole("region", { name: /Article 60-1/ });
    await one.getByRole("button", { name: "Réunir et sceller" }).click();
    await one.getByRole("button", { name: "Oui, utiliser la réquisition" }).click();
    await expect(one.getByRole("heading", { name: "Paquet de preuves" })).toBeVisible({ timeout: 120_000 });
    await expect(one.getByRole("button", { name: "Réunir et sceller" })).toHaveCount(0);
    await one.getByRole("button", { name: "Vérifier ici" }).click();
    await expect(one.getByText(/Chaque octet est celui qui a été scellé/)).toBeVisible();
    await requester.reads(one);
    await shown(asker, "6-package");
    const [file] = await Promise.all([asker.waitForEvent("download"), one.getByRole("button", { name: "Télécharger" }).click()]);
    return file.path();
  });
  taken = join(mkdtempSync(join(tmpdir(), "vigie-taken-")), "dossier.zip");
  copyFileSync(download, taken);

  await test.step("its own verifier agrees elsewhere, and names the file of an altered byte", async () => {
    const sound = verifyElsewhere(download);
    expect(sound.said).toContain("OK");
    requester.types("unzip dossier.zip verify_evidence.py", "python3 -S -I verify_evidence.py dossier.zip");
    expect(humanMinutes([requester, keeper, overseer], "test-results/story/human.json").usual).toBeLessThan(MOST_MINUTES);
    expect(sound.status).toBe(0);
    const bytes = readFileSync(download);
    const at = bytes.indexOf("<!doctype html", 0, "latin1");
    expect(at).toBeGreaterThan(0);
    bytes[at + 40] = (bytes[at + 40] ?? 0) ^ 1;
    const changed = join(mkdtempSync(join(tmpdir(), "vigie-changed-")), "dossier.zip");
    writeFileSync(changed, bytes);
    const broken = verifyElsewhere(changed);
    expect(broken.said).toContain("index.html");
    expect(broken.status).not.toBe(0);
  });

  await test.step("facts, plans and measures stand in the timeline by place and time", async () => {
    await asker.getByRole("button", { name: "Voir la chronologie" }).click();
    const list = asker.getByRole("list", { name: "Chronologie" });
    await expect(list.getByRole("listitem").nth(2)).toBeVisible({ timeout: 180_000 });
    await asker.getByRole("region", { name: /Article 60-1/ }).getByRole("button", { name: "Fermer" }).click();
    for (const sort of ["Usages prévus", "Mesures"]) {
      await expect(list.getByText(sort, { exact: true }).first()).toBeVisible();
      await asker.getByRole("group", { name: "Montrer" }).getByText(sort, { exact: true }).click();
    }
    await expect(list.getByRole("button").filter({ hasText: "Vidéo" }).first()).toBeVisible();
    await list.getByRole("button").filter({ hasText: "Rixe" }).last().click();
    await expect(list.getByText(/Main courante de police municipale/).first()).toBeVisible();
    await expect(list.getByRole("button", { pressed: true })).toHaveCount(1);
    await shown(asker, "7-timeline");
    await asker.getByRole("tab", { name: "Historique" }).click();
    await expect(asker.getByText("Coffre ouvert, une fois")).toBeVisible();
    expect(await barriers(asker)).toEqual([]);
  });

  await test.step("the same in English, by night", async () => {
    await asker.getByRole("button", { name: /^Compte de/ }).click();
    await asker.getByRole("radio", { name: "English" }).click();
    await asker.keyboard.press("Escape");
    await asker.emulateMedia({ colorScheme: "dark" });
    await asker.getByRole("tab", { name: "File" }).click();
    await expect(asker.getByText("Legal holds")).toBeVisible();
    await expect(asker.getByText("Standing")).toBeVisible();
    await picture(asker, "file-dark-en");
  });

  await test.step("closed, the holds end and the package is gone", async () => {
    await asker.getByRole("button", { name: "Close the case" }).click();
    await asker.getByRole("button", { name: "Yes, close for good" }).click();
    await expect(asker.getByText("Ended")).toBeVisible();
    await expect(asker.getByText(/Released by investigator/)).toBeVisible();
    await asker.getByRole("tab", { name: "Requisitions" }).click();
    await asker.getByRole("button", { name: /Article 60-1/ }).click();
    await expect(asker.getByText("The case is closed: the copy kept here is deleted.")).toBeVisible();
  });

  // One refusal was provoked: the wider query.
  expect(refusals()).toEqual([expect.stringMatching(/^422 .*\/query$/)]);
  await asker.context().close();
  await custodian.context().close();
});

test("IV. in an emergency the paper may follow; unreviewed for a day it stops who asked for it", async ({ browser }) => {
  const act = join(mkdtempSync(join(tmpdir(), "vigie-act-")), "acte.pdf");
  writeFileSync(act, "%PDF-1.7 un acte d'essai, venu après");
  const asker = await enter(browser, "ines", addAccount("ines", "investigator"));
  const custodian = await enter(browser, "paul", addAccount("paul", "investigator"));
  await openCase(asker, "26/01235", "paul");
  await draw(asker, "2026/0418");
  await asker.getByText("Urgence : l’acte suit sous 24 heures").click();
  await asker.getByRole("button", { name: "Entrer et geler" }).click();
  const one = asker.getByRole("region", { name: /2026\/0418/ });
  await expect(one.getByText(/^L’acte doit être contrôlé avant le/)).toBeVisible();
  await expect(one.getByText("Attend deux approbations")).toBeVisible();
  await expect(one.getByRole("button", { name: "Réunir et sceller" })).toHaveCount(0);
  await expect(one.getByRole("button", { name: "Justifié", exact: true })).toHaveCount(0);
  await picture(asker, "emergency");
  const place = new URL(asker.url());
  const at = place.pathname + place.search;
  await leftUnreviewed(browser, "ines", at, act);

  const officer = watch(await (await browser.newContext({ storageState: `${STATE_FOLDER}/dpo.json` })).newPage());
  for (const page of [custodian, officer]) {
    await page.goto(at);
    await page.getByRole("button", { name: "Approuver cette requête exacte" }).click();
    await expect(page.getByRole("button", { name: "Approuver cette requête exacte" })).toHaveCount(0);
  }
  // Two persons as ever; then it opens, its paper still to come.
  await asker.getByRole("button", { name: "Relire" }).click();
  await one.getByRole("button", { name: "Réunir et sceller" }).click();
  await one.getByRole("button", { name: "Oui, utiliser la réquisition" }).click();
  await expect(one.getByRole("heading", { name: "Paquet de preuves" })).toBeVisible({ timeout: SLOW });
  await asker.getByRole("tab", { name: "Dossier" }).click();
  await asker.getByRole("button", { name: "Clore le dossier" }).click();
  await asker.getByRole("button", { name: "Oui, clore définitivement" }).click();
  await expect(asker.getByRole("alert")).toContainText("le dossier ne se clôt pas avant");
  // Somebody else reviews it on the paper that has come.
  await expect(custodian.getByLabel("Acte écrit")).toHaveCount(0);
  await review(officer, act);
  await picture(officer, "reviewed");
  await officer.context().close();
  await asker.getByRole("button", { name: "Relire" }).click();
  await expect(one.getByText(/^Justifié : contrôlée par dpo/)).toBeVisible();
  await asker.getByRole("button", { name: "Oui, clore définitivement" }).click();
  await expect(asker.getByRole("button", { name: "Oui, clore définitivement" })).toHaveCount(0);

  // Two refusals were provoked: a requisition of who is stopped, a case closed before its review.
  expect(refusals()).toEqual([expect.stringMatching(/^4\d\d .*\/requisitions$/), expect.stringMatching(/^4\d\d .*\/close$/)]);
  await asker.context().close();
  await custodian.context().close();
});

interface Told { planId: string; observed: number; beyond: string; total: { low80: number; high80: number } }

/** The first of some events whose facts are enough to be told: a few around one are withheld. */
async function firstTold(page: Page, ids: readonly string[]): Promise<Told | null> {
  for (const planId of ids) {
    const { foreseen } = await (await page.request.get(`/api/event-files/${planId}/after-action`)).json() as { foreseen: { figures: (Omit<Told, "planId" | "observed"> & { observed: number | null }) | null } | null };
    const figures = foreseen?.figures;
    if (typeof figures?.observed === "number") return { ...figures, observed: figures.observed, planId };
  }
  return null;
}

test("V. a week later: the after-action sets the forecast of a match beside the facts", async ({ page }) => {
  await page.goto("/");
  const from = now().getTime() - 17 * DAY_MS;
  const past = [...await events(page, "event.sport.match", from, 10), ...await events(page, "event", from, 10)];
  const settled = past.filter((one) => Date.parse(one.ends_at) < now().getTime() - 7 * DAY_MS && Date.parse(one.starts_at) > from);
  const found = await firstTold(page, settled.map((one) => one.plan_id));
  if (!found) throw new Error("no event of the agenda is a week old with facts enough to be told");
  await open(page, `/demain?event=${found.planId}&tab=after`);
  const compared = page.getByRole("region", { name: "Prévision et constat" });
  const { observed, beyond, total } = found;
  expect(total.high80).toBeGreaterThan(total.low80);
  const shownAs = observed < total.low80 ? "below" : observed > total.high80 ? "above" : "inside";
  expect(beyond).toBe(shownAs);
  await expect(compared.getByRole("row", { name: /^Constaté/ })).toContainText(`${String(observed)}–${{ below: "au-dessous de", above: "au-dessus de", inside: "dans" }[shownAs]} l’intervalle prévu`);
  await expect(compared.getByRole("img")).toHaveAccessibleName(new RegExp(`constaté ${String(observed)}\\.`));
  await expect(compared.getByText(/avec les seuls faits d’avant/)).toBeVisible();
  await shown(page, "8-after");
});

test("VI. at its term what is personal is gone, and the proofs hold", async () => {
  const work = mkdtempSync(join(tmpdir(), "vigie-term-"));
  const told = JSON.parse(execFileSync(PYTHON, ["console/e2e/term.py", HOME, work, taken, String(TERM_DAYS)], { cwd: ROOT, encoding: "utf-8", maxBuffer: 1 << 24 })) as {
    before: Record<string, number>; after: Record<string, number>; audit: { sound: boolean; shredded: number }; package: { files: number };
  };
  rmSync(work, { recursive: true });
  for (const count of Object.values(told.before)) expect(count).toBeGreaterThan(0);
  expect(told.after).toEqual(Object.fromEntries(Object.keys(told.before).map((name) => [name, 0])));
  expect(told.audit.sound).toBe(true);
  expect(told.audit.shredded).toBeGreaterThan(0);
  expect(verifyElsewhere(taken).status).toBe(0);
});

test.describe("whoever has no part in inquiries", () => {
  test("is offered none, and finds none by the address", async ({ page, faults }) => {
    faults.allow.push(/403/);
    await open(page, "/enquetes");
    await expect(page.locator('main[data-screen="today"]')).toBeVisible();
    await expect(page.getByRole("link", { name: "Enquêtes" })).toHaveCount(0);
    for (const place of ["search", "persons", "plates", "faces"]) expect((await page.request.get(`/api/cases/${place}`)).status()).toBeGreaterThanOrEqual(403);
  });
});
