import { expect, test } from "vitest";
import { choiceOf, filtersOf, filtersTold, keptBefore, MOVING, openedExtra, periodOf, specOfAddress } from "@/lib/savedQuestions";

const RANGE = { from: Date.parse("2026-03-01T00:00:00Z"), to: Date.parse("2026-03-29T00:00:00Z") };
const SAVED = { question_id: "q1", analysis: "near_repeat", params: { days: 7, kind: null, per_total: true }, filters: {}, from: "2026-03-01T00:00:00Z", to: "2026-03-29T00:00:00Z" };

test("every period of the form comes back as the same choice, and a fixed one holds its ends", () => {
  for (const choice of MOVING) expect(choiceOf(periodOf(choice, RANGE))).toBe(choice);
  expect(periodOf("fixed", RANGE)).toEqual({ unit: "fixed", n: 0, from: "2026-03-01T00:00:00Z", to: "2026-03-29T00:00:00Z" });
});

test("filters are kept as the interface names them and come back", () => {
  const filters = { kinds: ["offence"], sources: ["police"], severityMin: 3, status: null, zone: "arrondissement:1" };
  expect(filtersOf(filtersTold(filters))).toEqual(filters);
  expect(filtersTold(filtersOf({}))).toEqual({});
});

test("an opened question runs with its parameters, and beside it the period before", () => {
  expect(openedExtra(SAVED)).toEqual({ tab: "analyses", analysis: "near_repeat", run: "1", question: "q1", "p.days": "7", "p.per_total": "true" });
  const kept = new URLSearchParams(keptBefore({ ...SAVED, filters: { kind: ["offence"] } }));
  expect(kept.getAll("f.kind")).toEqual(["offence"]);
  expect([kept.get("from"), kept.get("to"), kept.get("p.days")]).toEqual(["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "7"]);
});

test("an address kept in the browser is a question, any other is none", () => {
  const kept = specOfAddress("Vols", "/hier?tab=analyses&analysis=kde&period=7d&kind=offence&p.band=300", "fr");
  expect(kept).toMatchObject({ title: "Vols", analysis: "kde", params: { band: "300" }, filters: { kind: ["offence"] }, period: { unit: "day", n: 7 } });
  expect(specOfAddress("Fixe", "/hier?analysis=kde&from=2026-03-01T00:00:00Z&to=2026-03-08T00:00:00Z", "fr")?.period).toMatchObject({ unit: "fixed", from: "2026-03-01T00:00:00Z" });
  expect(specOfAddress("Carte", "/aujourdhui", "fr")).toBeNull();
  expect(specOfAddress("Liste", "/hier?tab=analyses", "fr")).toBeNull();
});
