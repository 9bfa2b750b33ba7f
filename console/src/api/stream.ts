/** The live stream: one EventSource, typed events, a state one can show. Resume is the browser's own (Last-Event-ID). */
import type { CloudEvent } from "@/api/types";

export type StreamState = "connecting" | "live" | "lost";

export const EVENT_TYPES = [
  "org.vigie.fact.recorded.v1",
  "org.vigie.means.moved.v1",
  "org.vigie.source.state.v1",
  "org.vigie.quarantine.added.v1",
  "org.vigie.alert.raised.v1",
  "org.vigie.alert.changed.v1",
  "org.vigie.shift.written.v1",
  "org.vigie.clash.changed.v1",
  "org.vigie.plan.changed.v1",
] as const;

export interface StreamStatus { state: StreamState; since: number; lastEventAt: number | null; received: number }

type Listener = (event: CloudEvent) => void;

/** Read one event's text; null when it is not a CloudEvent (a heartbeat, for instance). */
export function readEvent(text: string): CloudEvent | null {
  try {
    const value = JSON.parse(text) as Partial<CloudEvent> | null;
    if (!value || typeof value.type !== "string" || typeof value.data !== "object" || value.data === null) return null;
    return { id: String(value.id ?? ""), type: value.type, source: String(value.source ?? ""), time: String(value.time ?? ""), data: value.data };
  } catch {
    return null;
  }
}

export class LiveStream {
  status: StreamStatus = { state: "connecting", since: Date.now(), lastEventAt: null, received: 0 };
  private source: EventSource | null = null;
  private retryTimer: number | null = null;
  private attempts = 0;
  private readonly listeners = new Set<Listener>();
  private readonly statusListeners = new Set<() => void>();

  constructor(private readonly address = "/api/stream") {}

  open(): void {
    this.close();
    const source = new EventSource(this.address, { withCredentials: true });
    this.source = source;
    source.onopen = () => {
      this.attempts = 0;
      this.update({ state: "live", since: Date.now() });
    };
    source.onerror = () => {
      this.update({ state: "lost", since: this.status.state === "lost" ? this.status.since : Date.now() });
      // The browser retries by itself unless the server refused; then we try again, ever more slowly.
      if (source.readyState === EventSource.CLOSED) this.retryLater();
    };
    const receive = (message: MessageEvent<string>): void => { this.receive(message.data); };
    source.onmessage = receive;
    for (const type of EVENT_TYPES) source.addEventListener(type, receive as (event: Event) => void);
  }

  private retryLater(): void {
    if (this.retryTimer !== null) return;
    const wait = Math.min(30_000, 1000 * 2 ** this.attempts);
    this.attempts += 1;
    this.retryTimer = window.setTimeout(() => {
      this.retryTimer = null;
      this.open();
    }, wait);
  }

  private receive(text: string): void {
    const event = readEvent(text);
    if (!event) return;
    this.status = { ...this.status, lastEventAt: Date.now(), received: this.status.received + 1 };
    if (this.status.state !== "live") this.update({ state: "live", since: Date.now() });
    this.listeners.forEach((listener) => { listener(event); });
  }

  private update(change: Partial<StreamStatus>): void {
    this.status = { ...this.status, ...change };
    this.statusListeners.forEach((listener) => { listener(); });
  }

  close(): void {
    this.source?.close();
    this.source = null;
    if (this.retryTimer !== null) window.clearTimeout(this.retryTimer);
    this.retryTimer = null;
  }

  onEvent(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onStatus(listener: () => void): () => void {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  }
}
