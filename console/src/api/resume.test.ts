/** A page that was cut off and comes back ends with what a fresh page is told: over HTTP, by the console's own client. */
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveStream } from "@/api/stream";
import { addArrivals, readTick, type Arrival } from "@/lib/arrivals";

/** As the standard has it, over Node's HTTP: resumes with Last-Event-ID, gives up when refused (WHATWG HTML, 9.2). */
class HttpSource extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: MessageEvent<string>) => void) | null = null;
  private lastId = "";
  private answer: IncomingMessage | null = null;

  constructor(private readonly address: string) {
    super();
    this.connect();
  }

  private connect(): void {
    const asked = get(this.address, { headers: this.lastId ? { "Last-Event-ID": this.lastId } : {} }, (answer) => {
      if (answer.statusCode !== 200) { this.fail(2); return; }
      this.answer = answer;
      this.readyState = 1;
      this.onopen?.();
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => {
        text += piece;
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        blocks.forEach((block) => { this.take(block); });
      });
      answer.on("error", () => undefined);
      answer.on("close", () => { this.fail(0); });
    });
    asked.on("error", () => { this.fail(2); });
  }

  private take(block: string): void {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
    if (fields["id"]) this.lastId = fields["id"];
    if (fields["data"]) this.onmessage?.(new MessageEvent("message", { data: fields["data"], lastEventId: this.lastId }));
  }

  private fail(state: 0 | 2): void {
    if (this.readyState === 2) return;
    this.readyState = state;
    this.onerror?.();
    if (state === 0) this.connect();
  }

  close(): void {
    this.readyState = 2;
    this.answer?.destroy();
  }
}

/** A log of events and a server of it that resumes, refuses, or cuts in the middle, as it is told. */
class Room {
  readonly server: Server;
  readonly asked: string[] = [];
  refuses = false;
  private number = 0;
  private readonly log: [number, string][] = [];
  private readonly open = new Set<ServerResponse>();

  constructor() {
    this.server = createServer((request, response) => {
      if (this.refuses) { response.writeHead(503).end(); return; }
      const after = request.headers["last-event-id"] ?? new URL(request.url ?? "", "http://x").searchParams.get("after");
      this.asked.push(String(after));
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": open\n\n");
      this.log.filter(([id]) => id > Number(after ?? this.number)).forEach(([, text]) => response.write(text));
      this.open.add(response);
      response.on("close", () => this.open.delete(response));
    });
  }

  tell(): void {
    const id = ++this.number;
    const fact = { fact_id: `f${id}`, kind: "k", at: new Date(id * 1000).toISOString() };
    const text = `id: ${id}\ndata: ${JSON.stringify({ id: String(id), type: "org.vigie.facts.recorded.v1", source: "", time: "", data: { facts: [fact], left_out: {} } })}\n\n`;
    this.log.push([id, text]);
    this.open.forEach((response) => response.write(text));
  }

  cut(): void { this.open.forEach((response) => response.destroy()); }
}

describe("a page cut off from the live stream", () => {
  let room: Room;
  let address: string;
  const streams: LiveStream[] = [];

  beforeEach(async () => {
    vi.stubGlobal("EventSource", HttpSource);
    room = new Room();
    await new Promise<void>((done) => { room.server.listen(0, "127.0.0.1", done); });
    address = `http://127.0.0.1:${(room.server.address() as AddressInfo).port}/stream`;
  });
  afterEach(() => {
    streams.splice(0).forEach((stream) => { stream.close(); });
    room.cut();
    room.server.close();
    vi.unstubAllGlobals();
  });

  function follow(url: string): { heard: string[]; state: () => Arrival[] } {
    const stream = new LiveStream(url);
    const heard: string[] = [];
    let held: Arrival[] = [];
    stream.onEvent((event) => {
      heard.push(event.id);
      held = addArrivals(held, readTick(event.data).facts);
    });
    streams.push(stream);
    stream.open();
    return { heard, state: () => held };
  }

  it("hears what it missed, once, whether the line broke or the server refused for a while", async () => {
    const page = follow(`${address}?after=0`);
    await vi.waitFor(() => { expect(room.asked).toHaveLength(1); });
    room.tell();
    await vi.waitFor(() => { expect(page.heard).toEqual(["1"]); });
    room.cut();
    room.tell();
    await vi.waitFor(() => { expect(page.heard).toEqual(["1", "2"]); });

    room.refuses = true;
    room.cut();
    for (let n = 0; n < 60; n++) room.tell();
    room.refuses = false;
    await vi.waitFor(() => { expect(page.heard).toHaveLength(62); }, 5000);
    room.tell();
    await vi.waitFor(() => { expect(page.heard).toHaveLength(63); });

    expect(page.heard).toEqual(Array.from({ length: 63 }, (_, n) => String(n + 1)));
    const fresh = follow(`${address}?after=0`);
    await vi.waitFor(() => { expect(fresh.heard).toHaveLength(63); });
    expect(page.state()).toEqual(fresh.state());
    expect(room.asked.slice(0, 3)).toEqual(["0", "1", "2"]);
  });
});
