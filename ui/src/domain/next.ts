/** What happens next with an incident, as far as it is decided: the head of its timeline. */
import type { Explained, IncidentWithEvents } from "../api/types";
import { w } from "../words/incident";
import { clock, listed, roughly } from "./format";
import type { Entry } from "./timeline";

/** What comes next; null when it is over. */
export function nextOf(incident: IncidentWithEvents, explained: readonly Explained[], now: number): Entry | null {
  if (incident.status === "resolved") return null;
  const waiting = explained.flatMap((event) => event.channels.filter((one) => one.outcome === "pending" || one.outcome === "failed").map((one) => one.channel));
  if (waiting.length > 0) return entry(w.next.waiting(listed([...new Set(waiting)])), w.next.waitingText);
  const quiet = incident.snoozed_until;
  if (quiet && Date.parse(quiet) > now) return entry(w.next.quiet(clock(quiet, now)), w.next.quietText);
  if (incident.status === "acknowledged") return entry(w.next.acknowledged, `${w.next.acknowledgedText} ${w.next.resolves}`);
  if (!incident.next_reminder_at) return entry(w.next.never, w.next.neverText);
  const left = (Date.parse(incident.next_reminder_at) - now) / 1000;
  return entry(left > 0 ? w.next.reminder(roughly(left)) : w.next.due, w.next.reminderText);
}

function entry(title: string, line: string): Entry {
  return { key: "next", at: null, tone: "next", title, lines: [line] };
}
