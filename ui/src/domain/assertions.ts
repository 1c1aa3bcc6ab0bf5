/** Expectations as a form edits them: what fits which subject, and values as text and back. Pure. */
import type { Assertion } from "../api/types";

export type Operators = Readonly<Record<string, readonly string[]>>;

const VALUELESS = new Set(["exists", "not_exists"]);
const LISTED = new Set(["in", "not_in"]);
const FIRST: Readonly<Record<string, Partial<Assertion>>> = {
  status: { op: "in", value: ["200-299"] }, response_time: { op: "lt", value: "1000", severity: "degraded" }, certificate_days: { op: "gt", value: "14", severity: "degraded" },
  body: { op: "contains" }, json: { op: "eq", path: "$." }, header: { op: "contains" },
};

/** Whether an operator compares with a value at all. */
export function takesValue(op: string): boolean {
  return !VALUELESS.has(op);
}

/** A new expectation about a subject, with the comparison that is most often meant. */
export function fresh(on: string, operators: Operators): Assertion {
  const known = operators[on] ?? [];
  const first = FIRST[on];
  return { on, op: known[0] ?? "eq", value: "", ...(first?.op && known.includes(first.op) ? first : {}) };
}

/** The expectation about another subject; what both know is kept. */
export function about(old: Assertion, on: string, operators: Operators): Assertion {
  const next = fresh(on, operators);
  const keepsOp = old.op !== undefined && (operators[on] ?? []).includes(old.op) && old.value !== "" && !(on in FIRST);
  const severity = old.severity === undefined ? {} : { severity: old.severity };
  return keepsOp ? { on, op: old.op ?? "eq", value: old.value, ...severity } : { ...next, ...severity };
}

/** The expectation with another operator; the value takes the form which that wants. */
export function compared(old: Assertion, op: string): Assertion {
  const { value, ...rest } = old;
  if (!takesValue(op)) return { ...rest, op };
  return { ...rest, op, value: readValue(op, writeValue(value)) };
}

/** A value as one line of text. */
export function writeValue(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map(writeValue).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The value of a line of text: a list where the operator wants one. Numbers may stay text, the server reads them. */
export function readValue(op: string, text: string): unknown {
  if (!LISTED.has(op)) return text;
  return text.split(",").map((one) => one.trim()).filter(Boolean);
}

/** Whether an operator wants a list. */
export function takesList(op: string): boolean {
  return LISTED.has(op);
}
