/** One way to the server: same origin, session cookie, CSRF token, problem+json turned into errors. */
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@/api/schema";
import { ProblemError } from "@/lib/problem";

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

/** What a refusal says, whether it is a problem document or not. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? ((await response.json().catch(() => ({}))) as Record<string, unknown>) : {};
  const text = (key: string): string | null => (typeof body[key] === "string" ? (body[key] as string) : null);
  const params = typeof body["params"] === "object" && body["params"] !== null ? (body["params"] as Record<string, unknown>) : {};
  return new ProblemError(text("code") ?? `http_${response.status}`, response.status, text("title") ?? response.statusText, text("detail"), params);
}

const house: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language);
    if (request.method !== "GET" && csrf) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (problem.status === 401 || ["password_change_required", "second_factor_required"].includes(problem.code)) onSignedOut.forEach((tell) => { tell(problem); });
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
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(house);

/** The answer of a call; refusals have been thrown before. */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** Follow a link that the server gave (the next page). */
export async function follow<T>(link: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(link, { credentials: "same-origin", signal, headers: { "Accept-Language": language } });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}
