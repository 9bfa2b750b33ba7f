/** One way to the server: same origin, session cookie, CSRF token, purpose and reason, problem+json turned into errors. */
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@/api/schema";
import { ASKS_FOR_WORDS, ProblemError } from "@/lib/problem";

let csrf: string | null = null;
let language = "fr";
const onSignedOut = new Set<(error: ProblemError) => void>();

export function setCsrf(token: string | null | undefined): void {
  csrf = token ?? null;
}

export function setAcceptLanguage(value: string): void {
  language = value;
}

/** Called when the server says that the session ended or a password must change. */
export function watchSession(listener: (error: ProblemError) => void): () => void {
  onSignedOut.add(listener);
  return () => onSignedOut.delete(listener);
}

/** What is said with every request. */
export interface Said { viewAs: string | null; purpose: string | null }

let said: Said = { viewAs: null, purpose: null };
const onSaid = new Set<() => void>();

export function say(change: Partial<Said>): void {
  said = { ...said, ...change };
  onSaid.forEach((tell) => { tell(); });
}

export const readSaid = (): Said => said;

export function watchSaid(listener: () => void): () => void {
  onSaid.add(listener);
  return () => onSaid.delete(listener);
}

/** What a person says once, for one request: why, for which case, and what for. */
export interface Words { reason: string; case: string; purpose: string | null }

/** Asks the person behind the screen; null when they would rather not say. */
export type Asker = (problem: ProblemError) => Promise<Words | null>;

let asker: Asker | null = null;

/** Who shows the dialog; the last one set. */
export function setAsker(value: Asker | null): void {
  asker = value;
}

/** Headers hold no accents: the server takes them percent-encoded. */
export function wordHeaders(words: Partial<Words>): Record<string, string> {
  return {
    ...(words.purpose ? { "X-Vigie-Purpose": words.purpose } : {}),
    ...(words.reason ? { "X-Vigie-Reason": encodeURIComponent(words.reason) } : {}),
    ...(words.case ? { "X-Vigie-Case": encodeURIComponent(words.case) } : {}),
  };
}

/** Refusals of recordings that the screen explains in words of their own. */
const OWN_WORDS: ReadonlySet<string> = new Set(["agent_not_designated", "authorisation_ended", "search_closed", "search_not_held"]);

/** What a refusal says, whether it is a problem document or not. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? ((await response.json().catch(() => ({}))) as Record<string, unknown>) : {};
  const text = (key: string): string | null => (typeof body[key] === "string" ? (body[key] as string) : null);
  const params = typeof body["params"] === "object" && body["params"] !== null ? (body["params"] as Record<string, unknown>) : {};
  const why = text("code") === "forbidden" ? params["why"] : null;
  const code = why === "not_in_charter" && said.purpose ? "forbidden_purpose" : OWN_WORDS.has(String(why)) ? String(why) : text("code");
  return new ProblemError(code ?? `http_${response.status}`, response.status, text("title") ?? response.statusText, text("detail"), params);
}

function address(request: Request): void {
  request.headers.set("Accept-Language", language);
  if (request.method !== "GET" && csrf) request.headers.set("X-CSRF-Token", csrf);
  if (said.viewAs) request.headers.set("X-Vigie-View-As", said.viewAs);
  if (said.purpose && !request.headers.has("X-Vigie-Purpose")) request.headers.set("X-Vigie-Purpose", said.purpose);
}

function tellSession(problem: ProblemError): void {
  if (problem.status === 401 || ["password_change_required", "second_factor_required"].includes(problem.code)) onSignedOut.forEach((tell) => { tell(problem); });
}

/**
 * Send a request; where the server wants to know why or what for, ask the person and send it again.
 * The last answer comes back as it is, refused or not.
 */
async function send(request: Request): Promise<Response> {
  let again = request.clone();
  let response = await globalThis.fetch(request);
  while (response.status === 403 && asker) {
    const problem = await problemOf(response.clone());
    if (!ASKS_FOR_WORDS.has(problem.code)) break;
    const words = await asker(problem);
    if (!words) break;
    const next = again;
    again = next.clone();
    for (const [name, value] of Object.entries(wordHeaders(words))) next.headers.set(name, value);
    response = await globalThis.fetch(next);
  }
  return response;
}

const house: Middleware = {
  onRequest({ request }) {
    address(request);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return response;
    const problem = await problemOf(response);
    tellSession(problem);
    throw problem;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    return new ProblemError("network", 0, "", null, {});
  },
};

/** The typed client: paths, parameters and answers are those of docs/reference/openapi.json. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(house);

/** The answer of a call; refusals have been thrown before. */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** Follow a link that the server gave (the next page). */
export async function follow<T>(link: string, signal: AbortSignal, words: Partial<Words> = {}): Promise<T> {
  const request = new Request(new URL(link, window.location.origin), { credentials: "same-origin", signal, headers: wordHeaders(words) });
  address(request);
  const response = await send(request);
  if (!response.ok) {
    const problem = await problemOf(response);
    tellSession(problem);
    throw problem;
  }
  return (await response.json()) as T;
}
