/** The events of an incident as entries of its timeline, newest first. */
import type { IncidentEvent, IncidentWithEvents } from "../api/types";
import { reasonText } from "../words";
import { p } from "../words/pages";

/** One entry, ready to be shown. */
export interface Entry {
  key: string;
  at: string | null;
  tone: "bad" | "done" | "good" | "quiet";
  title: string;
  lines: readonly string[];
}

const TONES: Record<string, Entry["tone"]> = {
  "incident.opened": "bad", "incident.severity_changed": "bad", "incident.cause_changed": "bad", "self.blind": "bad",
  "incident.acknowledged": "done", "incident.escalated": "done", "incident.noted": "done", "incident.reminder": "quiet",
  "incident.snoozed": "done", "incident.resolved": "good",
};
/** Facts that the title or another line already says. */
const SAID = new Set(["note", "text", "message", "title", "cause", "status", "id", "incident_id", "monitor_id"]);

/** The entries, newest first; the first failing check stands below the opening, because it came before. */
export function timelineOf(incident: IncidentWithEvents): Entry[] {
  const entries = incident.events.map((event, index) => ({ ...entryOf(event), key: `${index} ${event.at}` }));
  entries.reverse();
  if (Date.parse(incident.detected_at) - Date.parse(incident.started_at) >= 1000) entries.push(firstFailure(incident));
  return entries;
}

function firstFailure(incident: IncidentWithEvents): Entry {
  return { key: "first", at: incident.started_at, tone: "bad", title: p.incidentPage.firstFailure, lines: [p.incidentPage.firstFailureText] };
}

function entryOf(event: IncidentEvent): Omit<Entry, "key"> {
  const what = p.incidentPage.events[event.type] ?? capital(event.type.replace(/^.*\./, "").replace(/_/g, " "));
  const title = event.actor ? p.incidentPage.by(what, event.actor) : what;
  return { at: event.at, tone: TONES[event.type] ?? "quiet", title, lines: linesOf(event) };
}

function linesOf(event: IncidentEvent): string[] {
  const facts = isFacts(event.detail) ? event.detail : typeof event.detail === "string" ? { text: event.detail } : {};
  const words = [facts.note, facts.text, facts.message].find((value): value is string => typeof value === "string" && value !== "");
  const reason = event.reason && event.reason !== "ok" ? reasonText(event.reason) : "";
  const rest = Object.entries(facts).filter(([name, value]) => !SAID.has(name) && isSimple(value)).map(([name, value]) => `${name.replace(/_/g, " ")} ${String(value)}`);
  return [words ?? reason, rest.join(" · ")].filter(Boolean);
}

function isFacts(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSimple(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
