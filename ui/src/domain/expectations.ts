/** What a monitor expects of an answer, one line each. */
import type { Assertion, Monitor } from "../api/types";
import { p } from "../words/pages";
import { latency } from "./format";

const SIGNS: Record<string, string> = { eq: "=", ne: "≠", lt: "<", le: "≤", gt: ">", ge: "≥", in: "" };
const SUBJECTS: Record<string, string> = { response_time: "response time", certificate_days: "certificate days left" };
const IN_MS = new Set(["response_time", "jitter"]);

/** The lines; a check without any has its type's own idea of what is well. */
export function expectations(monitor: Pick<Monitor, "type" | "assertions" | "latency_threshold_ms">): string[] {
  const lines = monitor.assertions.map(assertionText);
  if (!monitor.assertions.some((one) => one.on === "status")) lines.unshift(monitor.type === "http" ? p.monitor.standard : p.monitor.answers);
  if (monitor.latency_threshold_ms) lines.push(p.monitor.orDegraded(p.monitor.faster(latency(monitor.latency_threshold_ms))));
  return lines;
}

function assertionText(assertion: Assertion): string {
  const op = assertion.op ?? "eq";
  const sign = SIGNS[op] ?? op.replace(/_/g, " ");
  const line = [subject(assertion), sign, value(assertion)].filter(Boolean).join(" ");
  return assertion.severity === "degraded" ? p.monitor.orDegraded(line) : line;
}

function subject({ on, path, name }: Assertion): string {
  return path || (name ? `${on} ${name}` : (SUBJECTS[on] ?? on.replace(/_/g, " ")));
}

function value({ on, op, value: wanted }: Assertion): string {
  if (wanted === undefined || wanted === null || op === "exists" || op === "not_exists") return "";
  if (Array.isArray(wanted)) return wanted.join(", ");
  if (IN_MS.has(on) && typeof wanted === "number") return latency(wanted);
  return typeof wanted === "string" && !(on === "status") ? `“${wanted}”` : String(wanted);
}
