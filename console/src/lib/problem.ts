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
