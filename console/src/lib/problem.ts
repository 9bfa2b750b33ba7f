/** A refusal or failure as the server tells it (RFC 9457), or `network` when it says nothing. */
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

/** Refusals that a word of the person mends: a reason, another reason, another purpose. */
export const ASKS_FOR_WORDS: ReadonlySet<string> = new Set(["reason_required", "reason_repeated", "purpose_refused"]);

/** What the server wants of a reason (P-LOG-1): so many characters, and not those of the last time. */
export const LEAST_REASON = 15;
export const MOST_REASON = 500;

/** A reason as the server reads it: single spaces, none at the ends. */
export function tidyReason(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}

export function isReason(text: string): boolean {
  const n = tidyReason(text).length;
  return n >= LEAST_REASON && n <= MOST_REASON;
}
