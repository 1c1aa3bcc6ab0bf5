/** The events of an incident as entries of its timeline, newest first. */
import type { IncidentEvent, IncidentWithEvents } from "../api/types";
import { reasonText } from "../words";
import { p } from "../words/pages";
import { clock, duration } from "./format";

/** One entry, ready to be shown. */
export interface Entry {
  key: string;
  at: string | null;
  tone: "bad" | "done" | "good" | "quiet" | "next";
  title: string;
  lines: readonly string[];
}

type Facts = Record<string, unknown>;

const TONES: Record<string, Entry["tone"]> = {
  "incident.opened": "bad", "incident.severity_changed": "bad", "incident.cause_changed": "bad", "self.blind": "bad", "probe.offline": "bad", "region.failing": "bad", "backup.failed": "bad", "backup.succeeded": "good", "probe.online": "good", "region.recovered": "good",
  "incident.acknowledged": "done", "incident.escalated": "done", "incident.noted": "done", "incident.reminder": "quiet",
  "incident.snoozed": "done", "incident.resolved": "good",
};
/** Reasons that the title says already. */
const SAID = new Set(["ok", "opened", "failure_confirmed", "degradation_confirmed", "acknowledged", "noted", "snoozed", "reminded", "resolved_by_hand", "recovered", "raised", "lowered", "withdrawn"]);

/** The entries, newest first; `told` says of each event who was told. The first failing check stands below the opening. */
export function timelineOf(incident: IncidentWithEvents, told: readonly string[] = []): Entry[] {
  const entries = incident.events.map((event, index): Entry => {
    const entry = entryOf(event);
    return { ...entry, lines: [...entry.lines, told[index] ?? ""].filter(Boolean), key: `${index} ${event.at}` };
  });
  entries.reverse();
  if (Date.parse(incident.detected_at) - Date.parse(incident.started_at) >= 1000) entries.push(firstFailure(incident));
  return entries;
}

/** What an event is called: "Believed down", "Resolved by hand". */
export function eventTitle(type: string, reason: string | null): string {
  const special = p.incidentPage.eventsFor[`${type} ${reason ?? ""}`];
  return special ?? p.incidentPage.events[type] ?? capital(type.replace(/^.*\./, "").replace(/_/g, " "));
}

function firstFailure(incident: IncidentWithEvents): Entry {
  return { key: "first", at: incident.started_at, tone: "bad", title: p.incidentPage.firstFailure, lines: [p.incidentPage.firstFailureText] };
}

function entryOf(event: IncidentEvent): Omit<Entry, "key"> {
  // Somebody's name says that it was done by hand; what ends with its monitor was done to that.
  const named = event.actor && event.reason !== "withdrawn";
  const title = named ? p.incidentPage.by(eventTitle(event.type, null), event.actor ?? "") : eventTitle(event.type, event.reason);
  return { at: event.at, tone: TONES[event.type] ?? "quiet", title, lines: linesOf(event) };
}

function linesOf(event: IncidentEvent): string[] {
  const facts: Facts = isFacts(event.detail) ? event.detail : typeof event.detail === "string" ? { text: event.detail } : {};
  const words = [facts.note, facts.text, facts.message].find((value): value is string => typeof value === "string" && value !== "");
  const reason = event.reason && !SAID.has(event.reason) ? `${reasonText(event.reason)}.` : "";
  return [words ?? reason, factsText(facts, Date.parse(event.at))].filter(Boolean);
}

/** The facts of an event that have a sentence; the rest is for programs. */
function factsText(facts: Facts, at: number): string {
  const said = p.incidentPage.facts;
  const parts = [
    typeof facts.from === "string" && typeof facts.to === "string" && said.severity(severity(facts.from), severity(facts.to)),
    typeof facts.why === "string" && `${capital(facts.why)}.`,
    typeof facts.duration_s === "number" && said.lasted(duration(facts.duration_s)),
    typeof facts.open_for_s === "number" && said.openFor(duration(facts.open_for_s)),
    typeof facts.until === "string" && said.until(clock(facts.until, at)),
  ];
  return parts.filter(Boolean).join(" ");
}

function severity(word: string): string {
  return p.incidentPage.severity[word] ?? word;
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
