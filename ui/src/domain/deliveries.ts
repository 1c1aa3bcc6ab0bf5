/** Notifications as readers see them: what of whom, how it went, and why. Pure. */
import type { Notification, NotificationStatus, Tally } from "../api/editing";
import { p } from "../words/pages";
import { w } from "../words/notifications";
import { latency } from "./format";
import { eventTitle } from "./timeline";

interface Attempt { at: string; text: string; ok: boolean }

/** One notification, ready to be shown. */
export interface DeliveryRow {
  readonly id: number;
  readonly at: string;
  readonly status: NotificationStatus;
  /** The status that its shape is borrowed from. */
  readonly look: "up" | "down" | "degraded" | "pending" | "paused";
  readonly word: string;
  readonly title: string;
  readonly why: string;
  readonly incident: number | null;
  readonly monitor: number | null;
  readonly channel: number;
  readonly next: string | null;
  /** The attempts; those in a row with the same answer are one, with the time of the last. */
  readonly attempts: readonly Attempt[];
  readonly retriable: boolean;
}

const LOOKS: Readonly<Record<NotificationStatus, DeliveryRow["look"]>> = { sent: "up", pending: "pending", failed: "degraded", dead: "down", dropped: "paused" };

/** The statuses in the order of the filters. */
export const STATUSES: readonly NotificationStatus[] = ["sent", "pending", "failed", "dead", "dropped"];

export function deliveryRow(one: Notification): DeliveryRow {
  return {
    id: one.id, at: one.created_at, status: one.status, look: LOOKS[one.status] ?? "pending", word: w.status[one.status] ?? one.status,
    // Why it was opened, by a failure or by slowness, is not in the list.
    title: one.event === "incident.opened" ? w.opened : eventTitle(one.event, null), why: whyText(one.reason), incident: one.incident_id, monitor: one.monitor_id, channel: one.channel_id, next: one.next_attempt_at,
    attempts: attemptsOf(one),
    retriable: one.status === "dead" || one.status === "failed",
  };
}

function attemptsOf({ attempts }: Notification): Attempt[] {
  const found: (Attempt & { answer: string; count: number })[] = [];
  for (const { at, ok, answer, duration_ms } of attempts) {
    const last = found.at(-1);
    const count = last?.answer === answer && last.ok === ok ? last.count + 1 : 1;
    if (count > 1) found.pop();
    const said = p.told.attempt(answer.replace(/[.\s]+$/, "") || p.told.noAnswer, latency(Math.max(1, duration_ms)));
    found.push({ at, ok, answer, count, text: count > 1 ? w.times(count, said) : said });
  }
  return found;
}

/** Why it was told, or not, as a sentence. */
export function whyText(reason: string): string {
  const text = p.told.why[reason] ?? reason.replace(/_/g, " ");
  return text === "" ? "" : w.why(text.charAt(0).toUpperCase() + text.slice(1));
}

/** What became of the messages of a day, in a few words. */
export function dayText(tally: Tally | undefined): string {
  if (!tally) return "";
  const parts = [tally.sent_24h > 0 && w.day.sent(tally.sent_24h), tally.dead_24h > 0 && w.day.dead(tally.dead_24h), tally.failing > 0 && w.day.failing(tally.failing), tally.waiting > 0 && w.day.waiting(tally.waiting)];
  return parts.filter(Boolean).join(" · ") || w.day.nothing;
}
