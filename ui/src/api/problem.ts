/** A refused or failed call, in the form of RFC 9457, with one sentence for a person. */
import { w } from "../words/problems";
import type { FieldError } from "./types";

/** What went wrong with a call; `status` is 0 when no answer came at all. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string;
  readonly fields: readonly FieldError[];
  readonly requestId: string | null;
  /** In how many seconds the server wants to be asked again; null when it did not say. */
  readonly retryAfter: number | null;

  constructor(status: number, body: unknown = null, retryAfter: string | null = null) {
    const shape = isRecord(body) ? body : {};
    const detail = text(shape.detail) || text(shape.title) || fallback(status);
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.detail = detail;
    this.fields = Array.isArray(shape.errors) ? shape.errors.filter(isFieldError) : [];
    this.requestId = text(shape.request_id) || null;
    this.retryAfter = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  }

  /** The message for one field of a form, or null. */
  field(path: string): string | null {
    return this.fields.find((field) => field.path === path)?.message ?? null;
  }
}

/** Anything thrown, as a Problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const timedOut = thrown instanceof DOMException && thrown.name === "TimeoutError";
  return new Problem(0, { detail: timedOut ? w.timeout : fallback(0) });
}

function fallback(status: number): string {
  if (status === 0) return w.unreachable;
  if (status === 401) return w.signedOut;
  if (status === 403) return w.forbidden;
  if (status === 404) return w.missing;
  if (status === 429) return w.tooMany;
  return status >= 500 ? w.failed : w.refused(status);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.path === "string" && typeof value.message === "string";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
