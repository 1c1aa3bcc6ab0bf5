/** Small decisions about windows, keys, phases, problems and news. */
import { describe, expect, test } from "vitest";
import { asProblem, Problem } from "../src/api/problem";
import { search } from "../src/api/calls";
import { blamed } from "../src/domain/phases";
import { nextKey } from "../src/domain/shortcuts";
import { offsetsOf, rowAt, windowOf } from "../src/domain/window";
import { place } from "../src/state/incidents";
import { ago, incident } from "./make";

describe("the phase to blame", () => {
  const all = { dns: 1, connect: 2, tls: 3, ttfb: 4, transfer: 5 };
  test.each([
    ["http_status", all, "ttfb"], ["tls_expired", { dns: 1, connect: 2, tls: 3 }, "tls"], ["connect_refused", { dns: 1, connect: 2 }, "connect"],
    ["dns_nxdomain", { dns: 1 }, "dns"], ["body_timeout", all, "transfer"], ["timeout", { dns: 1, connect: 2 }, "connect"],
    ["http_timeout", { dns: 1, connect: 2 }, "connect"], ["assertion", all, null], [null, all, null], ["ok", all, null], ["connect_refused", {}, null],
  ])("%s is %s", (reason, phases, phase) => expect(blamed(reason, phases as object)).toBe(phase));
});

describe("the window of a long list", () => {
  const at = (top: number, count = 5000) => windowOf({ top, viewport: 900, offsets: offsetsOf(Array.from({ length: count }), () => 57) });
  test("draws what is in view and a little more", () => {
    expect(at(300).first).toBe(0);
    const { first, last } = at(-57_000);
    expect(first).toBeLessThanOrEqual(1000);
    expect(last).toBeGreaterThanOrEqual(1016);
    expect(last - first).toBeLessThan(60);
  });
  test("never leaves the list", () => {
    expect(at(-10_000_000)).toEqual({ first: 4992, last: 5000 });
    expect(at(0, 3)).toEqual({ first: 0, last: 3 });
    expect(at(0, 0)).toEqual({ first: 0, last: 0 });
  });
  test("knows rows of different heights", () => {
    const offsets = offsetsOf([44, 57, 57, 44], (height) => height);
    expect(offsets).toEqual([0, 44, 101, 158, 202]);
    expect([-5, 0, 43, 44, 157, 158, 500].map((y) => rowAt(offsets, y))).toEqual([0, 0, 0, 1, 2, 3, 4]);
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
  test.each([[0, "cannot be reached"], [403, "does not allow"], [404, "does not exist"], [500, "Nothing was changed"], [418, "refused this (418)"]])(
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
