/** Who was told about an incident, who was not, and why: one entry for each event and channel. */
import type { Explained, ToldChannel } from "../api/types";
import { p } from "../words/pages";
import type { Entry } from "./timeline";

type Outcome = "sent" | "held" | "failed" | "dropped";

/** What the stored states of a notification mean to a reader. */
const OUTCOMES: Record<string, Outcome> = { sent: "sent", pending: "held", failed: "held", dead: "failed", dropped: "dropped", not_told: "dropped" };
const TONES: Record<Outcome, Entry["tone"]> = { sent: "done", held: "quiet", failed: "bad", dropped: "quiet" };

/** The decisions of an explanation, newest event first. */
export function toldEntries(explained: readonly Explained[]): Entry[] {
  return explained.flatMap((event, index) => entriesOf(event, index)).reverse();
}

function entriesOf(event: Explained, index: number): Entry[] {
  const channels = event.channels ?? [];
  const about = (p.incidentPage.events[event.event] ?? event.event).toLowerCase();
  if (channels.length === 0) {
    return TELLING.has(event.event) ? [{ key: `${index}`, at: event.at, tone: "quiet", title: `${p.told.nobody} · ${about}`, lines: [p.told.noChannel] }] : [];
  }
  return channels.map((channel, place) => ({ key: `${index} ${place}`, at: event.at, ...toldOf(channel, about) }));
}

/** Events that channels are asked about; the others tell nobody by nature. */
const TELLING = new Set(["incident.opened", "incident.severity_changed", "incident.resolved", "self.blind"]);

function toldOf(channel: ToldChannel, about: string): Omit<Entry, "key" | "at"> {
  const outcome = OUTCOMES[channel.outcome] ?? "held";
  const why = p.told.why[channel.reason] ?? channel.reason.replace(/_/g, " ");
  const attempts = (channel.attempts ?? []).map((attempt, index) => p.told.attempt(index + 1, Math.round(attempt.duration_ms), attempt.answer));
  return { tone: TONES[outcome], title: `${p.told[outcome](channel.channel || p.told.channel)} · ${about}`, lines: [`${capital(why)}.`, ...attempts] };
}

function capital(line: string): string {
  return line.charAt(0).toUpperCase() + line.slice(1);
}
