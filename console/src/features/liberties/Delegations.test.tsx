import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Account, City, DelegateList } from "@/api/types";
import { Delegations } from "@/features/liberties/Delegations";
import { startTexts } from "@/i18n";
import { CityProvider } from "@/state/city";

/** What jsdom has not, and the lists that open need. */
vi.hoisted(() => { vi.stubGlobal("CSS", { escape: (text: string) => text }); });
vi.hoisted(() => { window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList; });

const person = (login: string, change: object = {}) => ({ login, name: `Nom de ${login}`, partner: "rescue", head: false, sources: null, zones: null, granted_by: "chief", ...change });
const LIST: DelegateList = {
  items: [person("chief", { head: true, granted_by: "admin" }), person("anna", { sources: ["rescue_means"], zones: ["arr:2"] })],
  bounds: { service: "rescue", sources: ["rescue", "rescue_means"], zones: ["arr:1", "arr:2"] },
  next: null,
};
const zone = (id: string) => ({ type: "Feature", geometry: null, properties: { zone_id: id, label: `Quartier ${id}` } });
const asked: { method: string; url: string; body: unknown }[] = [];

function show(list: DelegateList): void {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(["delegates"], list);
  client.setQueryData(["zonings"], [{ name: "arr", title: { fr: "Arrondissement", en: "District" } }, { name: "h3", title: { fr: "Maille", en: "Cell" } }]);
  client.setQueryData(["zoning", "arr"], { type: "FeatureCollection", features: ["1", "2", "3"].map(zone) });
  const city = { now: "2026-11-28T10:00:00Z", extent: { from: null, to: null }, partners: { rescue: { fr: "Marins-pompiers", en: "Fire and rescue" } } } as unknown as City;
  const account = { login: "chief", permissions: ["read_delegations"], heads: "rescue" } as unknown as Account;
  render(<QueryClientProvider client={client}><CityProvider city={city} account={account} kinds={[]}><Delegations /></CityProvider></QueryClientProvider>);
}

const type = (label: string, value: string): void => { fireEvent.change(screen.getByLabelText(label), { target: { value } }); };
/** By what stands in the page: to look for names of roles takes jsdom a second each. */
function found(selector: string, text: string): HTMLElement {
  const one = [...document.querySelectorAll<HTMLElement>(selector)].find((each) => each.textContent.startsWith(text) || each.getAttribute("aria-label") === text);
  if (!one) throw new Error(`no ${selector} says ${text}`);
  return one;
}
const press = (text: string): void => { fireEvent.click(found("button", text)); };
const options = (): string[] => [...document.querySelectorAll("[role=option]")].map((one) => one.textContent);
const openList = (label: string): void => { fireEvent.click(found("div:has(> button[aria-haspopup=listbox])", label).querySelector("button") ?? document.body); };
const choose = (label: string, option: string): void => { openList(label); fireEvent.click(found("[role=option]", option)); };
const add = (): HTMLElement => found("button", "Nommer ce compte");

beforeAll(() => startTexts("fr"));
beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const { method } = request;
    const body: unknown = method === "POST" ? await request.json() : null;
    asked.push({ method, url: new URL(request.url).pathname, body });
    if (method === "DELETE") return new Response(null, { status: 204 });
    const made = { ...person("lea"), first_password: "mot-premier" };
    return new Response(JSON.stringify(method === "POST" ? made : LIST), { headers: { "content-type": "application/json" } });
  });
});
afterEach(() => { cleanup(); });

describe("the accounts that a partner service names", () => {
  it("offers what the service sees itself and nothing else, and shows the first password", async () => {
    show(LIST);
    expect(document.querySelector("form")?.textContent).toContain("Marins-pompiers");
    expect(document.querySelector("tbody")?.textContent).not.toMatch(/rescue(?!_)/);
    type("Identifiant du compte", " lea ");
    type("À qui il est", "Léa");
    choose("Flux", "Certains seulement");
    fireEvent.click(found("label", "rescue").querySelector("input") ?? document.body);
    choose("Lieux", "Certains seulement");
    expect(add().hasAttribute("disabled")).toBe(true); // some places, and none chosen yet
    choose("Découpage", "Arrondissement");
    openList("Zone");
    expect(options()).toEqual(["– à choisir –", "Quartier 1", "Quartier 2"]);
    fireEvent.click(found("[role=option]", "Quartier 2"));
    press("Ajouter la zone");
    fireEvent.click(add());
    await screen.findByText("mot-premier");
    expect(asked[0]).toEqual({ method: "POST", url: "/api/delegates", body: { login: "lea", name: "Léa", sources: ["rescue_means"], zones: ["arr:2"] } });
  }, 60_000);

  it("takes an account back after a second yes, and never the one that names", async () => {
    show(LIST);
    expect(screen.queryByLabelText("Retirer chief")).toBeNull();
    expect(found("tr", "Nom de anna").textContent).toContain("Arrondissement · Quartier 2");
    press("Retirer anna");
    expect(asked).toEqual([]);
    press("Oui, retirer");
    await waitFor(() => { expect(asked[0]).toEqual({ method: "DELETE", url: "/api/delegates/anna", body: null }); });
  });

  it("shows who oversees the accounts and no form", () => {
    show({ ...LIST, bounds: null });
    expect(found("tr", "Nom de anna")).toBeTruthy();
    expect(screen.queryByText("Nommer ce compte")).toBeNull();
    expect(screen.queryByLabelText("Retirer anna")).toBeNull();
  });
});
