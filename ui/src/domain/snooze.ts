/** Until when an incident may be left alone: a few choices that fit a day. */
import { p } from "../words/pages";

/** One choice: what it is called, and the instant it ends. */
export interface Snooze {
  name: string;
  until: Date;
}

/** The choices at a moment; tomorrow is the reader's own. */
export function snoozes(now: number): Snooze[] {
  const later = (minutes: number) => new Date(now + minutes * 60_000);
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(9, 0, 0, 0);
  return [
    { name: p.snooze.halfHour, until: later(30) },
    { name: p.snooze.hour, until: later(60) },
    { name: p.snooze.hours, until: later(240) },
    { name: p.snooze.morning, until: morning },
  ];
}
