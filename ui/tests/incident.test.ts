/** What an incident tells: timeline, evidence, who was told, and until when it may be left alone. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Explained, ToldChannel } from "../src/api/types";
import { certificateFacts, commonName, pieces, worstOf } from "../src/domain/evidence";
import { snoozes } from "../src/domain/snooze";
import { timelineOf } from "../src/domain/timeline";
import { toldGroups, toldSentence, TONES } from "../src/domain/told";
import { pages } from "../src/words/en-pages";
import { ago, incident, NOW } from "./make";

describe("the timeline", () => {
  const events = [
    { at: ago(208), type: "incident.opened", reason: "failure_confirmed", actor: null, detail: { message: "HTTP 503.", cause: "http_status", routing: [{ channel: "x" }] } },
    { at: ago(100), type: "incident.acknowledged", reason: "acknowledged", actor: "mia", detail: { note: "On it." } },
    { at: ago(50), type: "incident.invented_later", reason: "", actor: null, detail: null },
  ];
  const entries = timelineOf({ ...incident(), events }, ["Ops was told."]);
  const one = (type: string, reason: string, detail: unknown) => timelineOf({ ...incident({ detected_at: ago(240) }), events: [{ at: ago(1), type, reason, actor: null, detail }] })[0];
  test("goes from the newest down to the first failing check", () => {
    expect(entries.map((entry) => entry.title)).toEqual(["Invented later", "Acknowledged by mia", "Believed down", "First failing check"]);
  });
  test("shows notes and sentences, who was told, and no structures", () => {
    expect(entries[1]?.lines).toEqual(["On it."]);
    expect(entries[2]?.lines).toEqual(["HTTP 503.", "Ops was told."]);
  });
  test.each([
    ["incident.opened", "degradation_confirmed", {}, "Believed degraded", []],
    ["incident.severity_changed", "raised", { from: "warning", to: "critical" }, "It became worse", ["From warning to critical."]],
    ["incident.resolved", "recovery_confirmed", { duration_s: 252 }, "Resolved", ["It answers again, confirmed.", "It lasted 4\u202fmin 12\u202fs."]],
    ["incident.resolved", "resolved_by_hand", { duration_s: 5 }, "Resolved by hand", ["It lasted 5\u202fs."]],
    ["incident.resolved", "withdrawn", { why: "the monitor was paused" }, "Ended, because it is no longer watched", ["The monitor was paused."]],
    ["incident.reminder", "reminded", { open_for_s: 7200 }, "Reminder", ["Open for 2\u202fh."]],
  ])("%s, %s has a sentence", (type, reason, detail, title, lines) => expect(one(type, reason, detail)).toMatchObject({ title, lines }));
  const agreement = readFileSync(new URL("../../asura/domain/consensus.py", import.meta.url), "utf8").split("class Agreement")[1]?.split("class Verdict")[0] ?? "";
  const reasons = [...agreement.matchAll(/= "(\w+)"/g)].map(([, reason]) => reason ?? "");
  test("every reason for which regions agree, or do not, is told in words", () => {
    expect(reasons).toEqual(expect.arrayContaining(["none_failing", "minority_failing", "quorum_failing", "all_voters_failing", "single_voter_failing", "undecided", "no_vote"]));
    expect(reasons.filter((reason) => !(reason in pages.reasons))).toEqual([]);
    expect(one("incident.resolved", "minority_failing", { duration_s: 5 })?.lines[0]).toBe("Too few regions see it fail.");
  });
  test("a snooze says until when, in the reader's time", () => {
    expect(one("incident.snoozed", "snoozed", { until: "2026-11-20T21:30:00+00:00" })?.lines[0]).toMatch(/^No reminders until .*\d\d:\d\d\.$/);
  });
});

describe("who was told", () => {
  const channel: ToldChannel = { channel_id: 1, channel: "Ops", told: true, reason: "default_channel", outcome: "sent", attempts: [{ at: ago(1), ok: true, answer: "200.", duration_ms: 12.4 }] };
  const event = (channels: ToldChannel[], change: Partial<Explained> = {}): Explained => ({ at: ago(200), event: "incident.opened", rule: "failure_confirmed", actor: null, detail: {}, channels, ...change });
  test("names channel, reason and the provider's answer", () => {
    const [group] = toldGroups([event([channel])]);
    expect(group).toMatchObject({ title: "Believed down", nobody: "" });
    expect(group?.lines).toMatchObject([{ channel: "Ops", verdict: "was told", why: "It is a default channel.", attempts: [{ text: "200, after 12\u202fms" }], retry: null }]);
  });
  test.each([["not_told", "was not told"], ["pending", "has not been told yet"], ["failed", "has not been told yet"], ["dead", "could not be told"], ["dropped", "was not told"]])(
    "outcome %s reads %s", (outcome, verdict) => expect(toldGroups([event([{ ...channel, outcome }])])[0]?.lines[0]).toMatchObject({ verdict }));
  test("what was given up stands first and can be sent again", () => {
    const lines = toldGroups([event([channel, { ...channel, channel: "Pager", outcome: "dead", notification_id: 9 }])])[0]?.lines;
    expect(lines?.map((line) => [line.channel, line.retry])).toEqual([["Pager", 9], ["Ops", null]]);
  });
  test("says so when there is no channel at all", () => expect(toldGroups([event([])])[0]?.nobody).toBe("There is no channel yet, so nobody can be told."));
  test("does not blame missing channels for an end that is told to nobody", () => {
    expect(toldGroups([event([], { event: "incident.resolved", rule: "withdrawn" })])[0]?.nobody).not.toContain("no channel");
  });
  test("a note is no reason to expect that anybody is told", () => expect(toldGroups([event([], { event: "incident.noted" })])).toEqual([]));
  test("fits in a sentence", () => {
    const dead = { ...channel, channel: "Pager", outcome: "dead" };
    expect(toldSentence(event([channel, { ...channel, channel: "Chat" }, dead]))).toBe("Ops and Chat were told. Pager could not be told.");
    expect(toldSentence(event([]))).toBe("Nobody was told.");
    expect(toldSentence(event([], { event: "incident.noted" }))).toBe("");
  });
});

describe("the evidence", () => {
  const sighting = { region: "local", at: ago(2), status: "down" as const, reason: "http_status", message: "", evidence: null };
  const leaf = { subject: "CN=shop.example,O=x", issuer: "CN=R11,O=Let's Encrypt,C=US", names: ["shop.example", "*.shop.example"], not_before: "2026-10-21T00:00:00Z", not_after: "2027-01-19T00:00:00Z", days_left: 60.5 };
  const seen = {
    address: "203.0.113.9", certificates: [leaf], request: "GET / HTTP/1.1\r\nHost: x\r\n", response: "HTTP/1.1 503\r\n\r\nno\r\n", tls_version: "TLSv1.3", latency_ms: 9,
    phases_ms: { dns: 1, connect: 2, tls: 3, ttfb: 3, transfer: null },
    assertions: [{ text: "a", passed: false, message: "status was 503" }, { text: "ok", passed: true, message: "" }, { text: "b", passed: false, message: "" }],
  };
  const [first, second] = pieces([sighting, { ...sighting, region: "eu", evidence: seen }]);
  test("is shown newest first, with phases and each failed expectation", () => {
    expect(first).toMatchObject({ region: "eu", address: "203.0.113.9", lines: ["status was 503", "b"], latency: 9, phases: { tls: 3 }, encryption: "TLS 1.3" });
    expect(second).toMatchObject({ region: "local", lines: ["Unexpected status"], address: "", certificate: null, exchange: "" });
  });
  test("beside the timeline is the newest of the worst, and not what a region that reached it saw", () => {
    const of = (region: string, status: "up" | "down" | "degraded", seconds: number) => ({ ...sighting, region, status, at: ago(seconds) });
    const all = [of("local", "up", 60), of("eu", "down", 70), of("us", "down", 61), of("ap", "degraded", 59), of("eu", "up", 2), of("us", "up", 1)];
    expect(worstOf(all)).toMatchObject({ region: "us", status: "down" });
    expect(worstOf([of("local", "up", 60), of("eu", "up", 50)])).toMatchObject({ region: "local" });
    expect(worstOf([])).toBeNull();
  });
  test("holds request and answer with one empty line between them", () => expect(first?.exchange).toBe("GET / HTTP/1.1\nHost: x\n\nHTTP/1.1 503\n\nno"));
  test("tells the life of a certificate", () => {
    expect(first?.certificate).toMatchObject({ names: "shop.example and *.shop.example", issuer: "R11 (Let's Encrypt)", from: "21 Oct 2026", left: "60 days left", state: "good" });
    expect(first?.certificate?.spent).toBeCloseTo(0.328, 2);
  });
  test.each([[1.5, "1 day left", "soon"], [0.2, "0 days left", "soon"], [-0.5, "expired today", "over"], [-1.2, "expired 1 day ago", "over"], [-3.01, "expired 3 days ago", "over"]])(
    "%s days left reads %s", (days_left, left, state) => expect(certificateFacts({ ...leaf, days_left })).toMatchObject({ left, state }));
  test.each([["O=Only", "Only"], ["OU=x", "OU=x"], ["CN=Acme\\, Inc", "Acme, Inc"], ["", ""]])("the name %s is called %s", (name, called) => expect(commonName(name)).toBe(called));
});

test("a snooze ends in half an hour, an hour, four, or tomorrow at nine in the reader's zone", () => {
  const choices = snoozes(NOW);
  expect(choices.map(({ until }) => (until.getTime() - NOW) / 60_000).slice(0, 3)).toEqual([30, 60, 240]);
  const morning = choices[3]?.until;
  expect([morning?.getHours(), morning?.getMinutes(), morning?.getDate()]).toEqual([9, 0, new Date(NOW + 86_400_000).getDate()]);
});

test("a dot is as large as it should be: nothing else pads what has the class of its tone", () => {
  const folder = `${import.meta.dirname}/../src/style`;
  const rules = readdirSync(folder).flatMap((file) => readFileSync(`${folder}/${file}`, "utf8").split("\n"));
  const bare = rules.filter((rule) => Object.values(TONES).some((tone) => rule.startsWith(`.${tone} {`)));
  expect(bare.filter((rule) => rule.includes("padding"))).toEqual([]);
});
