/** One way to the server: same origin, session cookie, CSRF token, problem+json turned into errors. */

export class ProblemError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | null;
  readonly params: Record<string, unknown>;

  constructor(code: string, status: number, title: string, detail: string | null, params: Record<string, unknown>) {
    super(title);
    this.name = "ProblemError";
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.params = params;
  }
}

type QueryValue = string | number | boolean | null | undefined;
export type Query = Record<string, QueryValue | readonly QueryValue[]>;

let csrf: string | null = null;
let language = "fr";
const onSignedOut = new Set<(error: ProblemError) => void>();

export function setCsrf(token: string | null): void {
  csrf = token;
}

export function setAcceptLanguage(value: string): void {
  language = value;
}

/** Called when the server says that the session ended or a password must change. */
export function watchSession(listener: (error: ProblemError) => void): () => void {
  onSignedOut.add(listener);
  return () => onSignedOut.delete(listener);
}

/** A path with its query; empty values are left out, lists repeat the name. */
export function url(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue];
    for (const one of values) if (one !== null && one !== undefined && one !== "") search.append(key, String(one));
  }
  const text = search.toString();
  return text ? `/api${path}?${text}` : `/api${path}`;
}

async function problemOf(response: Response): Promise<ProblemError> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const text = (key: string): string | null => (typeof body[key] === "string" ? (body[key] as string) : null);
    return new ProblemError(
      text("code") ?? `http_${response.status}`, response.status, text("title") ?? response.statusText,
      text("detail"), (body["params"] as Record<string, unknown> | undefined) ?? {},
    );
  }
  return new ProblemError(`http_${response.status}`, response.status, response.statusText, null, {});
}

interface Options { query?: Query; body?: unknown; method?: string; signal?: AbortSignal | undefined }

async function request<T>(path: string, { query, body, method = "GET", signal }: Options): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf ?? "";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(url(path, query), {
      method, headers, credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError("network", 0, "", null, {});
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401 || problem.code === "password_change_required") onSignedOut.forEach((tell) => { tell(problem); });
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return request<T>(path, { ...(query ? { query } : {}), signal });
}

export function post<T>(path: string, body?: unknown): Promise<T> {
  return request<T>(path, { method: "POST", ...(body === undefined ? {} : { body }) });
}

export function del<T>(path: string): Promise<T> {
  return request<T>(path, { method: "DELETE" });
}
