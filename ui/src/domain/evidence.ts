/** Reads what was seen when a monitor changed its state: one piece per region. */
import type { Phases } from "../api/types";
import { reasonText } from "../words";
import { p } from "../words/pages";
import { listOf } from "./told";

/** What one region saw, ready to be shown. */
export interface Piece {
  region: string;
  at: string | null;
  summary: string;
  address: string;
  phases: Phases | null;
  latency: number | null;
  request: string;
  response: string;
  redirects: readonly string[];
  certificate: string;
  failed: readonly string[];
}

type Facts = Record<string, unknown>;

/** The pieces of an answer, in the order of the server. */
export function pieces(answer: unknown): Piece[] {
  return listOf(answer).map((facts) => piece(facts, record(facts.evidence) ?? facts));
}

function piece(facts: Facts, seen: Facts): Piece {
  const resolved = strings(seen.resolved);
  const address = text(seen.address) || (resolved[0] ?? "");
  return {
    region: text(facts.region) || "local",
    at: text(facts.at) || null,
    summary: text(facts.message) || reasonText(text(facts.reason)),
    address,
    phases: (record(facts.phases_ms) ?? record(facts.phases)) as Phases | null,
    latency: typeof facts.latency_ms === "number" ? facts.latency_ms : null,
    request: text(seen.request),
    response: text(seen.response),
    redirects: strings(seen.redirects),
    certificate: certificateText(seen),
    failed: assertions(seen.assertions),
  };
}

function certificateText(seen: Facts): string {
  const first = Array.isArray(seen.certificates) ? record(seen.certificates[0]) : null;
  if (!first) return "";
  const days = typeof first.days_left === "number" ? Math.floor(first.days_left) : null;
  const left = days === null ? "" : `, ${days < 0 ? p.incidentPage.certificateOver(-days) : p.incidentPage.certificateLeft(days)}`;
  return `${strings(first.names)[0] ?? text(first.subject)}${left}`;
}

function assertions(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map(record).flatMap((one) => (one && one.passed === false ? text(one.message) || text(one.text) : []));
}

function record(value: unknown): Facts | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : null;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
