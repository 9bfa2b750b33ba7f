import { afterEach, describe, expect, it, vi } from "vitest";
import { answer, api, follow, problemOf, say, setAcceptLanguage, setAsker, setCsrf, watchSession } from "@/api/client";
import { exportUrl, scope, scopeText } from "@/api/queries";
import { EVENT_TYPES, LiveStream, readEvent } from "@/api/stream";
import { ProblemError } from "@/lib/problem";
import { NO_FILTERS } from "@/lib/urlState";

const range = { from: Date.UTC(2026, 10, 22), to: Date.UTC(2026, 10, 23) };

afterEach(() => { vi.unstubAllGlobals(); });

function serve(status: number, body: unknown, type = "application/json"): Request[] {
  const seen: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    seen.push(request);
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": type } }));
  });
  return seen;
}

describe("scope", () => {
  it("leaves out what is not set", () => {
    expect(scope(NO_FILTERS, null)).toEqual({});
  });

  it("repeats lists and keeps half-open bounds", () => {
    const text = scopeText(scope({ kinds: ["a", "b"], sources: [], severityMin: 3, status: "open", zone: "z:1" }, range, [1, 2, 3, 4]));
    expect(text).toBe("from=2026-11-22T00%3A00%3A00Z&to=2026-11-23T00%3A00%3A00Z&bbox=1%2C2%2C3%2C4&kind=a&kind=b&severity_min=3&status=open&zone=z%3A1");
  });

  it("exports the same scope", () => {
    expect(exportUrl("csv", NO_FILTERS, range)).toMatch(/^\/api\/export\?from=.*&format=csv$/);
  });
});

describe("client", () => {
  it("sends the language always and the token only where something changes", async () => {
    setAcceptLanguage("en");
    setCsrf("token");
    const seen = serve(200, { items: [] });
    await answer(api.GET("/api/sources"));
    await answer(api.POST("/api/quarantine/retry", { body: { ids: [] } }));
    expect(seen.map((request) => request.headers.get("Accept-Language"))).toEqual(["en", "en"]);
    expect(seen.map((request) => request.headers.get("X-CSRF-Token"))).toEqual([null, "token"]);
  });

  it("turns a problem document into an error with its code", async () => {
    serve(409, { title: "Changed meanwhile", code: "conflict", params: { id: 3 } }, "application/problem+json");
    const error = await answer(api.GET("/api/sources")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ code: "conflict", status: 409, message: "Changed meanwhile", params: { id: 3 } });
  });

  it("tells the session when it has ended", async () => {
    serve(401, { code: "not_signed_in", title: "x" }, "application/problem+json");
    const told: string[] = [];
    const stop = watchSession((problem) => told.push(problem.code));
    await answer(api.GET("/api/sources")).catch(() => undefined);
    stop();
    expect(told).toEqual(["not_signed_in"]);
  });

  it("calls silence a network problem", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")));
    const error = await answer(api.GET("/api/sources")).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "network", status: 0 });
  });

  it("survives a refusal that is no problem document", async () => {
    expect(await problemOf(new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }))).toMatchObject({ code: "http_502", status: 502 });
  });
});

describe("stream", () => {
  class FakeSource extends EventTarget {
    static last: FakeSource;
    static readonly CLOSED = 2;
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onmessage: ((event: MessageEvent<string>) => void) | null = null;
    readyState = 1;
    constructor(readonly address: string) {
      super();
      FakeSource.last = this;
    }
    close(): void { this.readyState = 2; }
  }

  it("reads CloudEvents and nothing else", () => {
    expect(readEvent('{"id":"1","type":"org.vigie.alert.raised.v1","source":"s","time":"t","data":{"a":1}}')).toMatchObject({ id: "1", data: { a: 1 } });
    for (const text of ["", "null", "{}", "heartbeat", '{"type":"x","data":null}']) expect(readEvent(text)).toBeNull();
  });

  it("hands over named events, says when it is lost and when it is back", () => {
    vi.stubGlobal("EventSource", FakeSource);
    const stream = new LiveStream("/api/stream");
    const got: string[] = [];
    stream.onEvent((event) => got.push(event.type));
    stream.open();
    expect(stream.status.state).toBe("connecting");
    FakeSource.last.onopen?.();
    expect(stream.status.state).toBe("live");
    const type = EVENT_TYPES[0];
    FakeSource.last.dispatchEvent(new MessageEvent(type, { data: JSON.stringify({ id: "9", type, data: {} }) }));
    expect(got).toEqual([type]);
    FakeSource.last.onerror?.();
    expect(stream.status.state).toBe("lost");
    FakeSource.last.onopen?.();
    expect(stream.status.state).toBe("live");
    stream.close();
  });
});

/** Answers one response after the other; what was asked is kept. */
function serveInTurn(...responses: [number, unknown][]): Request[] {
  const seen: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const [status, body] = responses[seen.length] ?? [500, {}];
    seen.push(request);
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } }));
  });
  return seen;
}

describe("words that the server asks for", () => {
  afterEach(() => {
    setAsker(null);
    say({ viewAs: null, purpose: null });
  });
  const required = { code: "reason_required", title: "x", params: { least: 15, dataset: "audit" } };
  const words = { reason: "Contrôle mensuel de mars", case: "", purpose: null };

  it("are asked of the person, and the request is sent again with them, accents encoded", async () => {
    const seen = serveInTurn([403, required], [403, { ...required, code: "reason_repeated" }], [200, { items: [], next: null }]);
    const asked: string[] = [];
    setAsker((problem) => {
      asked.push(problem.code);
      return Promise.resolve({ ...words, reason: `${words.reason} ${asked.length}` });
    });
    expect(await answer(api.GET("/api/audit"))).toEqual({ items: [], next: null });
    expect(asked).toEqual(["reason_required", "reason_repeated"]);
    expect(seen.map((request) => request.headers.get("X-Vigie-Reason"))).toEqual([null, "Contr%C3%B4le%20mensuel%20de%20mars%201", "Contr%C3%B4le%20mensuel%20de%20mars%202"]);
  });

  it("send a body again whole", async () => {
    const seen = serveInTurn([403, required], [200, { tried: 0 }]);
    setAsker(() => Promise.resolve(words));
    await answer(api.POST("/api/quarantine/retry", { body: { ids: ["a"] } }));
    expect(await Promise.all(seen.map((request) => request.text()))).toEqual(['{"ids":["a"]}', '{"ids":["a"]}']);
  });

  it("may be kept to oneself: then the refusal stands", async () => {
    serveInTurn([403, required]);
    setAsker(() => Promise.resolve(null));
    await expect(answer(api.GET("/api/audit"))).rejects.toMatchObject({ code: "reason_required", status: 403 });
  });

  it("are not asked for a plain refusal", async () => {
    serveInTurn([403, { code: "forbidden", title: "x", params: { why: "not_in_charter" } }]);
    setAsker(() => { throw new Error("asked"); });
    await expect(answer(api.GET("/api/audit"))).rejects.toMatchObject({ code: "forbidden" });
  });

  it("tell the purpose and the borrowed sight with every request, links included", async () => {
    const seen = serveInTurn([200, []], [200, {}]);
    say({ viewAs: "operator", purpose: "oversight" });
    await answer(api.GET("/api/zonings"));
    await follow("/api/facts?cursor=x", new AbortController().signal);
    for (const request of seen) {
      expect(request.headers.get("X-Vigie-View-As")).toBe("operator");
      expect(request.headers.get("X-Vigie-Purpose")).toBe("oversight");
    }
  });

  it("a refusal for the purpose chosen says so", async () => {
    serveInTurn([403, { code: "forbidden", title: "x", params: { why: "not_in_charter" } }]);
    say({ purpose: "analysis" });
    await expect(answer(api.GET("/api/facts"))).rejects.toMatchObject({ code: "forbidden_purpose" });
  });

  it("a further page that finds the session ended tells it", async () => {
    serveInTurn([401, { code: "not_signed_in", title: "x" }]);
    const told: string[] = [];
    const stop = watchSession((problem) => told.push(problem.code));
    await follow("/api/facts?cursor=x", new AbortController().signal).catch(() => undefined);
    stop();
    expect(told).toEqual(["not_signed_in"]);
  });
});
