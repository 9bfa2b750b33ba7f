import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Account, City } from "@/api/types";
import { KEYS, useKeys } from "@/features/today/useKeys";
import { CityProvider } from "@/state/city";
import { onCommand } from "@/state/mapStage";
import { setPreferences } from "@/state/preferences";
import { readUrl, updateUrl } from "@/state/url";

vi.hoisted(() => { window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList; });

const alert = (alert_id: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({ alert_id, group: alert_id, state: "raised", standing: "new", severity: 3, ...change });
const ALERTS = [alert("a"), alert("b"), alert("b2", { group: "b", severity: 5 }), alert("over", { state: "ended" }), alert("c", { standing: "acknowledged" })];

const asked: { url: string; body: unknown }[] = [];
let stop = (): void => undefined;

function press(key: string, on: EventTarget = document.body, more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  act(() => { on.dispatchEvent(event); });
  return event.defaultPrevented;
}

const chosen = (): string | null => readUrl().selection?.id ?? null;

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push({ url: new URL(request.url).pathname, body: await request.json() });
    return new Response("{}", { headers: { "content-type": "application/json" } });
  });
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(["alerts"], ALERTS);
  const city = { now: "2026-11-28T10:00:00Z", extent: { from: null, to: null } } as unknown as City;
  const account = { permissions: ["read_facts"] } as unknown as Account;
  stop = renderHook(() => { useKeys(); }, {
    wrapper: ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={client}><CityProvider city={city} account={account} kinds={[]}>{children}</CityProvider></QueryClientProvider>
    ),
  }).unmount;
  act(() => { updateUrl({ screen: "today", selection: null, extra: {} }); });
});

afterEach(() => {
  stop();
  document.body.replaceChildren();
  act(() => { setPreferences({ keys: true }); });
  vi.unstubAllGlobals();
});

describe("the live room by keys", () => {
  it("walks the alerts that run, one a situation, to their end and back, or those that the list shows", () => {
    const walk = (keys: string): (string | null)[] => [...keys].map((key) => { press(key); return chosen(); });
    expect(walk("jjjjkkk")).toEqual(["a", "b", "c", "c", "b", "a", "a"]);
    act(() => { updateUrl({ selection: null, extra: { show: "waiting" } }); });
    expect(walk("jjj")).toEqual(["a", "b", "b"]);
    act(() => { updateUrl({ selection: null, extra: { show: "all" } }); });
    expect(walk("kjjj")).toEqual(["a", "b", "over", "c"]);
  });

  it("acknowledges the situation of the alert that is chosen, and nothing without one", async () => {
    press("a");
    press("j");
    press("a");
    await vi.waitFor(() => { expect(asked).toEqual([{ url: "/api/alerts/a/acts", body: { act: "acknowledge", whole: true, verdict: "", reason: "", minutes: 0 } }]); });
  });

  it("presses what puts an alert off and goes to its verdict", () => {
    document.body.innerHTML = '<button id="alert-snooze"></button><div id="alert-verdict"><button id="true"></button></div>';
    const snoozed = vi.fn();
    document.getElementById("alert-snooze")?.addEventListener("click", snoozed);
    press("z");
    expect(snoozed).toHaveBeenCalledTimes(1);
    press("v");
    expect(document.activeElement?.id).toBe("true");
  });

  it("opens the situation of what is chosen, and its means", () => {
    press("d");
    expect(readUrl().extra).toEqual({});
    press("j");
    press("s");
    expect(readUrl()).toMatchObject({ selection: null, extra: { situation: "alert:a" } });
    press("d");
    expect(readUrl().extra).toEqual({ situation: "alert:a", stab: "act" });
    act(() => { updateUrl({ selection: { type: "fact", id: "f" }, extra: {} }); });
    press("d");
    expect(readUrl().extra).toEqual({ situation: "fact:f", stab: "act" });
    // A means or a plan opens it by its own button.
    act(() => { updateUrl({ selection: { type: "means", id: "m" }, extra: {} }); });
    document.body.innerHTML = '<button id="here"></button>';
    const here = vi.fn();
    document.getElementById("here")?.addEventListener("click", here);
    press("s");
    expect(here).toHaveBeenCalledTimes(1);
  });

  it("asks about the middle of the map and shows the help", () => {
    const told = vi.fn();
    const deaf = onCommand(told);
    press("m");
    expect(told).toHaveBeenCalledWith({ type: "ask" });
    deaf();
    press("?");
    expect(readUrl().extra).toEqual({ keys: "1" });
  });

  it("hears nothing where somebody writes or picks by letters, with a modifier, or when the keys are off", () => {
    document.body.innerHTML = '<input id="text"><input id="box" type="checkbox"><div role="dialog"><p id="asked"></p></div><button id="list" aria-haspopup="listbox"></button>';
    const at = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
    for (const key of KEYS) for (const id of ["text", "asked", "list"]) expect(press(key, at(id)), `${key} in ${id}`).toBe(false);
    for (const key of KEYS) expect(press(key, document.body, { ctrlKey: true }), key).toBe(false);
    expect(readUrl()).toMatchObject({ selection: null, extra: {} });
    press("j", at("box"));
    expect(chosen()).toBe("a");
    act(() => { setPreferences({ keys: false }); });
    press("j");
    expect(chosen()).toBe("a");
  });
});
