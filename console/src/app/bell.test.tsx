import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useBell } from "@/app/useBell";
import { setPreferences } from "@/state/preferences";

vi.hoisted(() => { window.matchMedia = () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList; });

/** What jsdom has not: a graph of sound that only counts what is played on it. */
const played: number[] = [];
class Graph extends EventTarget {
  state = "suspended";
  currentTime = 0;
  destination = {};
  resume(): Promise<void> {
    this.state = "running";
    this.dispatchEvent(new Event("statechange"));
    return Promise.resolve();
  }
}
class Oscillator {
  constructor(_on: unknown, private readonly asked: { frequency: number }) {}
  connect(to: unknown): unknown { return to; }
  start(): void { played.push(this.asked.frequency); }
  stop(): void { /* nothing sounds here */ }
}
class Gain {
  gain = { setValueAtTime: vi.fn(), linearRampToValueAtTime: vi.fn() };
  connect(to: unknown): unknown { return to; }
}
const NOTES = 2;
const sounds = (): number => played.length / NOTES;

const alert = (alert_id: string, severity: number, state = "raised"): Record<string, unknown> => ({ alert_id, severity, state });

/** One page: its list of alerts, told as the server would, or asked anew by another role. */
function page(): { tell: (...alerts: Record<string, unknown>[]) => void; askAnew: () => void; close: () => void } {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const tell = (...alerts: Record<string, unknown>[]): void => { act(() => { client.setQueryData(["alerts"], alerts); }); };
  client.setQueryData(["alerts"], [alert("old", 5)]);
  const { unmount } = renderHook(() => { useBell(true); }, {
    wrapper: ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  return { tell, askAnew: () => { act(() => { client.getQueryCache().find({ queryKey: ["alerts"] })?.reset(); }); }, close: unmount };
}

const gesture = async (): Promise<void> => { await act(async () => { window.dispatchEvent(new Event("pointerdown")); await Promise.resolve(); }); };

beforeEach(() => {
  played.length = 0;
  notifyManager.setScheduler((run) => { run(); }); // what the list says is told at once
  vi.stubGlobal("AudioContext", Graph);
  vi.stubGlobal("OscillatorNode", Oscillator);
  vi.stubGlobal("GainNode", Gain);
});
afterEach(() => {
  act(() => { setPreferences({ sound: false }); });
  vi.unstubAllGlobals();
  notifyManager.setScheduler((run) => setTimeout(run, 0));
});

describe("the sound of alerts", () => {
  it("is off until somebody wants it, and then waits for a gesture of theirs", async () => {
    const { tell, close } = page();
    await gesture();
    tell(alert("old", 5), alert("a", 5));
    expect(sounds()).toBe(0);
    act(() => { setPreferences({ sound: true }); });
    tell(alert("old", 5), alert("a", 5), alert("b", 5));
    expect(sounds()).toBe(0);
    await gesture();
    expect(sounds()).toBe(0); // what came before the gesture is not made up for
    tell(alert("old", 5), alert("a", 5), alert("b", 5), alert("c", 5));
    expect(sounds()).toBe(1);
    close();
  });

  it("sounds once an alert, from severity 4, and once for many at the same moment", async () => {
    act(() => { setPreferences({ sound: true }); });
    const { tell, close } = page();
    await gesture();
    tell(alert("old", 5), alert("light", 3));
    expect(sounds()).toBe(0);
    tell(alert("old", 5), alert("grave", 4));
    expect(sounds()).toBe(1);
    tell(alert("grave", 4), alert("old", 5));
    tell(alert("old", 5)); // gone from the list, and there again: nothing new
    tell(alert("old", 5), alert("grave", 4));
    expect(sounds()).toBe(1);
    tell(alert("x", 4), alert("y", 5), alert("z", 5));
    expect(sounds()).toBe(2);
    tell(alert("over", 5, "ended"));
    expect(sounds()).toBe(2);
    tell(alert("light", 4)); // graver than it was: it sounds now
    expect(sounds()).toBe(3);
    close();
  });

  it("says nothing at a reload of what stands there, nor of what came while it was muted, nor of another role's list", async () => {
    act(() => { setPreferences({ sound: true }); });
    const { tell, close } = page();
    await gesture();
    tell(alert("old", 5), alert("a", 5));
    expect(sounds()).toBe(1);
    close();
    const again = page();
    again.tell(alert("old", 5));
    expect(sounds()).toBe(1);
    act(() => { setPreferences({ sound: false }); });
    again.tell(alert("old", 5), alert("meanwhile", 5));
    act(() => { setPreferences({ sound: true }); });
    expect(sounds()).toBe(1);
    again.tell(alert("old", 5), alert("meanwhile", 5), alert("after", 4));
    expect(sounds()).toBe(2);
    again.askAnew();
    again.tell(alert("theirs", 5));
    expect(sounds()).toBe(2);
    again.close();
  });
});
