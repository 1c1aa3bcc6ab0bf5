/** Who was told about an incident, who was not, and why: one group for each event, one line for each channel. */
import type { Explained, ToldChannel } from "../api/types";
import { latency, listed } from "./format";
import { p } from "../words/pages";
import { eventTitle, type Entry } from "./timeline";

type Outcome = "sent" | "held" | "failed" | "dropped";

/** One channel: what became of it, and each attempt where there is something to learn from it. */
export interface ToldLine {
  channel: string;
  outcome: Outcome;
  verdict: string;
  why: string;
  attempts: readonly { at: string; text: string }[];
  /** The notification that was given up and can be sent again. */
  retry: number | null;
}

/** One event that people are told about. */
export interface ToldGroup {
  key: string;
  at: string;
  title: string;
  /** Said instead of lines when no channel was asked. */
  nobody: string;
  lines: readonly ToldLine[];
}

/** What the stored states of a notification mean to a reader. */
const OUTCOMES: Record<string, Outcome> = { sent: "sent", pending: "held", failed: "held", dead: "failed", dropped: "dropped", not_told: "dropped" };
const ORDER: readonly Outcome[] = ["failed", "held", "sent", "dropped"];
/** Events that channels are asked about; the others tell nobody by nature. */
const TELLING = new Set(["incident.opened", "incident.severity_changed", "incident.resolved", "self.blind", "probe.offline", "probe.online", "region.failing", "region.recovered", "backup.failed", "backup.succeeded"]);

/** How each outcome is drawn in a timeline. */
export const TONES: Record<Outcome, Entry["tone"]> = { sent: "done", held: "quiet", failed: "bad", dropped: "quiet" };

/** The decisions of an explanation, newest event first; what went wrong stands first in each. */
export function toldGroups(explained: readonly Explained[]): ToldGroup[] {
  const telling = explained.filter((event) => event.channels.length > 0 || TELLING.has(event.event));
  return telling.map((event, index) => groupOf(event, index)).reverse();
}

/** Who was told of one event, in a sentence; empty where nobody was to be told. */
export function toldSentence(event: Explained): string {
  const names = (wanted: Outcome) => event.channels.flatMap((one) => (outcomeOf(one) === wanted ? [one.channel || p.told.channel] : []));
  const [sent, held, failed] = [names("sent"), names("held"), names("failed")];
  const parts = [sent.length > 0 && (sent.length === 1 ? p.told.was : p.told.were)(listed(sent)), held.length > 0 && (held.length === 1 ? p.told.waits : p.told.wait)(listed(held)), failed.length > 0 && p.told.missed(listed(failed))];
  const said = parts.filter(Boolean).join(" ");
  return said || (TELLING.has(event.event) ? `${p.told.nobody}.` : "");
}

function groupOf(event: Explained, index: number): ToldGroup {
  const lines = event.channels.map(lineOf).sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  const nobody = lines.length > 0 ? "" : event.rule === "withdrawn" ? p.told.withdrawn : p.told.noChannel;
  return { key: `${index} ${event.at}`, at: event.at, title: eventTitle(event.event, event.rule), nobody, lines };
}

function outcomeOf(channel: ToldChannel): Outcome {
  return OUTCOMES[channel.outcome] ?? "held";
}

function lineOf(channel: ToldChannel): ToldLine {
  const outcome = outcomeOf(channel);
  const tries = channel.attempts.map((one) => ({ at: one.at, text: p.told.attempt(one.answer.replace(/[.\s]+$/, "") || p.told.noAnswer, latency(Math.max(1, Math.round(one.duration_ms)))) }));
  return {
    channel: channel.channel || p.told.channel,
    outcome,
    verdict: p.told[outcome],
    why: `${capital(p.told.why[channel.reason] ?? channel.reason.replace(/_/g, " "))}.`,
    attempts: tries,
    retry: channel.outcome === "dead" ? (channel.notification_id ?? null) : null,
  };
}

function capital(line: string): string {
  return line.charAt(0).toUpperCase() + line.slice(1);
}
