/** What incidents tell: timeline, evidence, who was told; and small decisions about windows, keys, phases, problems. */
import { describe, expect, test } from "vitest";
import { asProblem, Problem } from "../src/api/problem";
import { search } from "../src/api/calls";
import { pieces } from "../src/domain/evidence";
import { blamed } from "../src/domain/phases";
import { nextKey } from "../src/domain/shortcuts";
import { timelineOf } from "../src/domain/timeline";
import { toldEntries } from "../src/domain/told";
import { windowOf } from "../src/domain/window";
import { place } from "../src/state/incidents";
import { ago, incident } from "./make";

describe("the timeline", () => {
  const events = [
    { at: ago(208), type: "incident.opened", reason: "failure_confirmed", actor: null, detail: { failures: 2, routing: [{ channel: "x" }] } },
    { at: ago(100), type: "incident.acknowledged", reason: "acknowledged", actor: "mia", detail: { note: "On it." } },
    { at: ago(50), type: "incident.invented_later", reason: "", actor: null, detail: null },
  ];
  const entries = timelineOf({ ...incident(), events });
  test("goes from the newest down to the first failing check", () => {
    expect(entries.map((one) => one.title)).toEqual(["Invented later", "Acknowledged by mia", "Believed down", "First failing check"]);
  });
  test("shows notes and simple facts, and no structures", () => {
    expect(entries[1]?.lines).toEqual(["On it."]);
    expect(entries[2]?.lines).toEqual(["The failure was confirmed", "failures 2"]);
  });
});

describe("who was told", () => {
  const channel = { channel_id: 1, channel: "Ops", told: true, reason: "default_channel", outcome: "sent", attempts: [{ at: ago(1), ok: true, answer: "200", duration_ms: 12.4 }] };
  const event = (channels: (typeof channel)[], kind = "incident.opened") => ({ at: ago(200), event: kind, rule: "opened", actor: null, detail: {}, channels });
  test("names channel, reason and the provider's answer", () => {
    expect(toldEntries([event([channel])])).toMatchObject([{ tone: "done", title: "Ops was told · believed down", lines: ["It is a default channel.", "Attempt 1, 12\u202fms: 200"] }]);
  });
  test.each([
    ["not_told", "Ops was not told", "quiet"], ["pending", "Ops was not told yet", "quiet"], ["failed", "Ops was not told yet", "quiet"],
    ["dead", "Ops could not be told", "bad"], ["dropped", "Ops was not told", "quiet"],
  ])("outcome %s reads %s", (outcome, title, tone) => {
    expect(toldEntries([event([{ ...channel, outcome }])])[0]).toMatchObject({ title: `${title} · believed down`, tone });
  });
  test("says so when there is no channel at all", () => expect(toldEntries([event([])])[0]?.lines).toEqual(["There is no channel yet, so nobody can be told."]));
  test("a note is no reason to expect that anybody is told", () => expect(toldEntries([event([], "incident.noted")])).toEqual([]));
});

test("evidence shows the newest first, with address, certificate and failed expectations", () => {
  const sighting = { region: "local", at: ago(2), status: "down" as const, reason: "http_status", message: "", evidence: null };
  const seen = {
    address: "203.0.113.9:443", certificates: [{ subject: "x", names: ["shop.example"], days_left: 63.9 }],
    assertions: [{ text: "status in 200-299", passed: false, message: "status was 503" }, { text: "ok", passed: true, message: "" }],
  };
  const [first, second] = pieces([sighting, { ...sighting, region: "eu", evidence: seen }]);
  expect(first).toMatchObject({ region: "eu", address: "203.0.113.9:443", certificate: "shop.example, 63 d left", failed: ["status was 503"] });
  expect(second).toMatchObject({ region: "local", summary: "Unexpected status", address: "" });
});

describe("the phase to blame", () => {
  const all = { dns: 1, connect: 2, tls: 3, ttfb: 4, transfer: 5 };
  test.each([
    ["http_status", all, "ttfb"], ["tls_expired", { dns: 1, connect: 2, tls: 3 }, "tls"], ["connect_refused", { dns: 1, connect: 2 }, "connect"],
    ["dns_nxdomain", { dns: 1 }, "dns"], ["body_timeout", all, "transfer"], ["timeout", { dns: 1, connect: 2 }, "connect"],
    ["http_timeout", { dns: 1, connect: 2 }, "connect"], ["assertion", all, null], [null, all, null], ["ok", all, null], ["connect_refused", {}, null],
  ])("%s is %s", (reason, phases, phase) => expect(blamed(reason, phases as object)).toBe(phase));
});

describe("the window of a long list", () => {
  const at = (top: number, count = 5000) => windowOf({ top, viewport: 900, rowHeight: 57, count });
  test("draws what is in view and a little more", () => {
    expect(at(300).first).toBe(0);
    const { first, last } = at(-57_000);
    expect(first).toBeLessThanOrEqual(1000);
    expect(last).toBeGreaterThanOrEqual(1016);
    expect(last - first).toBeLessThan(60);
  });
  test("never leaves the list", () => {
    expect(at(-10_000_000)).toEqual({ first: 5000, last: 5000 });
    expect(at(0, 3)).toEqual({ first: 0, last: 3 });
    expect(at(0, 0)).toEqual({ first: 0, last: 0 });
  });
});

test("keys mean what the help says", () => {
  expect(nextKey("", "/").action).toBe("search");
  expect(nextKey("", "g")).toEqual({ action: null, prefix: "g" });
  expect(nextKey("g", "i")).toEqual({ action: "incidents", prefix: "" });
  expect(nextKey("g", "x")).toEqual({ action: null, prefix: "" });
  expect(nextKey("", "o").action).toBeNull();
});

describe("problems", () => {
  test("carry the server's words and fields", () => {
    const problem = new Problem(422, { title: "Invalid", detail: "1 value is wrong.", errors: [{ path: "target", message: "no host" }, { odd: 1 }], request_id: "r1" });
    expect([problem.detail, problem.field("target"), problem.field("name"), problem.requestId]).toEqual(["1 value is wrong.", "no host", null, "r1"]);
  });
  test.each([[0, "cannot be reached"], [403, "may not"], [404, "does not exist"], [500, "Nothing was changed"], [418, "refused this (418)"]])(
    "%s has a sentence of its own", (status, part) => expect(new Problem(status).detail).toContain(part));
  test("anything thrown becomes one", () => {
    expect(asProblem(new TypeError("Failed to fetch")).status).toBe(0);
    expect(asProblem(new DOMException("late", "TimeoutError")).detail).toContain("too long");
  });
});

test("queries repeat lists and leave out what is undefined", () => {
  expect(search({ status: ["open", "acknowledged"], limit: 5, cursor: undefined })).toBe("?status=open&status=acknowledged&limit=5");
  expect(search({})).toBe("");
});

test("news about an incident replaces, adds or takes away", () => {
  const known = [incident({ id: 2, started_at: ago(10) }), incident({ id: 1, started_at: ago(20) })];
  expect(place(known, incident({ id: 1, status: "acknowledged", started_at: ago(20) })).map((one) => `${one.id} ${one.status}`)).toEqual(["2 open", "1 acknowledged"]);
  expect(place(known, incident({ id: 3, started_at: ago(1) })).map((one) => one.id)).toEqual([3, 2, 1]);
  expect(place(known, incident({ id: 2, status: "resolved" })).map((one) => one.id)).toEqual([1]);
});
