/** Notifications in words. */
import { expect, test } from "vitest";
import type { Notification, Tally } from "../src/api/editing";
import { dayText, deliveryRow, whyText } from "../src/domain/deliveries";

const told = (more: Partial<Notification> = {}): Notification => ({
  id: 1, channel_id: 2, incident_id: 3, monitor_id: 4, event: "incident.opened", status: "sent", reason: "default_channel", created_at: "2026-11-20T10:00:00.000Z", next_attempt_at: null, finished_at: null, attempts: [], ...more,
});
const attempt = (second: number, ok: boolean, answer: string) => ({ at: `2026-11-20T10:00:0${second}.000Z`, ok, answer, duration_ms: 12 });

test("a notification says what, how it went and why", () => {
  expect(deliveryRow(told())).toMatchObject({ title: "Incident opened", word: "Arrived", look: "up", why: "It is a default channel.", retriable: false });
  expect(deliveryRow(told({ status: "dropped", reason: "channel_disabled" }))).toMatchObject({ word: "Not sent", why: "The channel is switched off." });
});

test("only what failed can be tried again", () => {
  expect((["sent", "pending", "failed", "dead", "dropped"] as const).filter((status) => deliveryRow(told({ status })).retriable)).toEqual(["failed", "dead"]);
});

test("attempts in a row with the same answer are one, at the time of the last", () => {
  const row = deliveryRow(told({ attempts: [attempt(1, false, "410 Gone."), attempt(2, false, "410 Gone."), attempt(3, true, "200 OK")] }));
  expect(row.attempts.map((one) => [one.at.slice(17, 19), one.ok, one.text])).toEqual([["02", false, "2 times, at last: 410 Gone, after 12\u202fms"], ["03", true, "200 OK, after 12\u202fms"]]);
});

test("a reason without words is shown without its underscores", () => expect(whyText("some_new_rule")).toBe("Some new rule."));

test("the day of a channel in a few words", () => {
  const tally: Tally = { channel_id: 1, last: null, sent_24h: 3, dead_24h: 1, waiting: 0, failing: 2 };
  expect(dayText(tally)).toBe("3 sent in 24\u202fh · 1 given up · 2 tried again");
  expect(dayText({ ...tally, sent_24h: 0, dead_24h: 0, failing: 0 })).toBe("nothing in 24\u202fh");
});
