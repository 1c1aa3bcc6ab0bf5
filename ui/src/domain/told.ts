/** Reads the explanation of an incident: who was told, who was not, and why. Tolerant, because each rule adds its own facts. */
import { reasonText, t } from "../words";
import { p } from "../words/pages";

/** One decision, ready to be shown. */
export interface Decision {
  at: string | null;
  outcome: "sent" | "held" | "failed" | "dropped" | "other";
  title: string;
  lines: readonly string[];
}

type Facts = Record<string, unknown>;

const OUTCOMES: Record<string, Decision["outcome"]> = {
  send: "sent", sent: "sent", delivered: "sent", ok: "sent", told: "sent",
  hold: "held", held: "held", pending: "held", waiting: "held",
  failed: "failed", dead: "failed", error: "failed",
  drop: "dropped", dropped: "dropped", muted: "dropped", suppressed: "dropped", not_told: "dropped",
};

/** The decisions of an explanation, in the order of the server. */
export function decisions(explanation: unknown): Decision[] {
  return listOf(explanation).map(decision);
}

/** The list inside an answer: bare, or under a well-known name. */
export function listOf(answer: unknown): Facts[] {
  const list = Array.isArray(answer) ? answer : isFacts(answer) ? [answer.data, answer.decisions, answer.evidence].find(Array.isArray) : null;
  return (list ?? []).filter(isFacts);
}

function decision(facts: Facts): Decision {
  const status = text(facts.status) || text(facts.outcome) || text(facts.decision);
  const outcome = OUTCOMES[status] ?? "other";
  const channel = nameOf(facts.channel) || text(facts.channel_name) || text(facts.told) || "";
  return { at: text(facts.at) || text(facts.created_at) || null, outcome, title: titleOf(facts, outcome, channel), lines: linesOf(facts) };
}

function titleOf(facts: Facts, outcome: Decision["outcome"], channel: string): string {
  const event = text(facts.event);
  const about = event ? ` · ${(p.incidentPage.events[event] ?? event).toLowerCase()}` : "";
  if (outcome !== "other") return p.told[outcome](channel || p.told.channel) + about;
  return sentence(text(facts.rule) || event || channel || p.told.channel);
}

function linesOf(facts: Facts): string[] {
  const lines: string[] = [];
  const why = text(facts.message) || text(facts.detail) || sentence(text(facts.reason));
  const rule = text(facts.rule);
  if (why) lines.push(rule && rule !== text(facts.reason) ? `${why} (${plain(rule)})` : why);
  const reply = text(facts.reply) || text(facts.answer) || text(facts.error);
  if (reply) lines.push(capital(p.told.answered(reply)));
  const tries = [facts.deliveries, facts.attempts].find(Array.isArray) as unknown[] | undefined;
  for (const [index, one] of (tries ?? []).filter(isFacts).entries()) lines.push(attemptLine(one, index));
  return lines;
}

function attemptLine(facts: Facts, index: number): string {
  const answer = text(facts.answer) || text(facts.reply) || text(facts.error);
  const took = typeof facts.duration_ms === "number" ? `, ${Math.round(facts.duration_ms)} ms` : "";
  return `${p.told.attempt(index + 1)}${took}${answer ? `: ${answer}` : ""}`;
}

function nameOf(value: unknown): string {
  if (isFacts(value)) return text(value.name) || text(value.slug) || text(value.type);
  return text(value);
}

function sentence(word: string): string {
  if (word === "" || word.includes(" ")) return word;
  return t.reasons[word] ? reasonText(word) : capital(plain(word));
}

function plain(word: string): string {
  return word.replace(/[._]/g, " ");
}

function capital(line: string): string {
  return line.charAt(0).toUpperCase() + line.slice(1);
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
