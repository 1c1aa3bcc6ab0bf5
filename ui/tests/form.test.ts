/** Reading, changing and sending what a form holds; errors find their field. */
import { describe, expect, test } from "vitest";
import { about, compared, fresh, readValue, writeValue } from "../src/domain/assertions";
import { parseDuration, writeDuration } from "../src/domain/duration";
import { covers, patchOf, place, read, same, write } from "../src/domain/form";
import { faultText } from "../src/forms/context";

describe("durations", () => {
  test.each([["90s", 90], ["5m", 300], ["1h 30m", 5400], ["1 m 30 s", 90], ["1\u202fmin 30\u202fs", 90], ["90", 90], ["1.5 h", 5400], ["2 days", 172_800], ["250ms", 0.25], ["0,2 s", 0.2], ["1,5 min", 90], ["2 d", 172_800], ["1h30", 3630]])("%s is %d s", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
  test.each(["", "soon", "5 x", "1h and a half", "-5", "m5", "1.5.5", `${"1".repeat(60)}!`])("%s is none", (text) => expect(parseDuration(text)).toBeNull());
  test.each([[90, "1 min 30 s"], [300, "5 min"], [0.2, "0.2 s"], [86_400, "1 d"], [90_061, "1 d 1 h 1 min 1 s"], [0, "0 s"]])("%d s is written %s", (seconds, text) => expect(writeDuration(seconds)).toBe(text));
  test("what is written is read again", () => {
    for (const seconds of [0.2, 1, 59, 60, 61.5, 3599, 86_399, 604_800]) expect(parseDuration(writeDuration(seconds))).toBe(seconds);
  });
});

test("a value is changed at its path, and taken out by undefined", () => {
  const draft = write({}, ["settings", "auth", "username"], "ada");
  expect(draft).toEqual({ settings: { auth: { username: "ada" } } });
  expect(read(draft, ["settings", "auth", "username"])).toBe("ada");
  expect(read(draft, ["settings", "nothing", "there"])).toBeUndefined();
  expect(write(draft, ["settings", "auth"], undefined)).toEqual({ settings: {} });
});

test("the order of names is no difference, the order of a list is one", () => {
  expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
  expect(same({ b: [1, 2] }, { b: [2, 1] })).toBe(false);
});

test("a patch made of two states leads from one to the other", () => {
  expect(patchOf({ a: 1, b: { c: 1, d: 2 }, e: [1] }, { a: 1, b: { c: 3 }, f: "new" })).toEqual({ b: { c: 3, d: null }, e: null, f: "new" });
});

describe("errors", () => {
  const spots = ["name", "settings.auth", "settings.auth.username", "settings.names", "settings.headers", "assertions"].map((path) => ({ path, label: path }));
  const error = (path: string) => ({ path, message: "must be right" });
  test.each([
    ["name", "name"], ["settings.auth.username", "settings.auth.username"], ["settings.auth.type", "settings.auth"], ["settings.names[3]", "settings.names"],
    ["settings.headers.X-A", "settings.headers"], ["assertions[0].value", "assertions"],
  ])("%s stands at %s", (path, home) => expect([...place([error(path)], spots).at.keys()]).toEqual([home]));
  test.each(["slug", "settings.nam", "settings.names_of", "", "settings"])("%s stands in the summary", (path) => expect(place([error(path)], spots).rest).toEqual([error(path)]));
  test("a path covers what lies within it, not what begins like it", () => {
    expect([covers("a.b", "a.b"), covers("a.b", "a.b.c"), covers("a.b", "a.b[0]"), covers("a.b", "a.bc")]).toEqual([true, true, true, false]);
  });
  test("the line or the entry is named", () => {
    expect(faultText(error("settings.names[2]"), "settings.names")).toBe("Line 3: Must be right");
    expect(faultText(error("settings.headers.X-A"), "settings.headers")).toBe("X-A: Must be right");
    expect(faultText(error("name"), "name")).toBe("Must be right");
  });
});

describe("expectations", () => {
  const operators = { status: ["eq", "in", "lt"], body: ["contains", "matches", "exists"], json: ["eq", "contains"], rcode: ["eq", "in"] };
  test("a new one compares as is most often meant", () => {
    expect(fresh("status", operators)).toEqual({ on: "status", op: "in", value: ["200-299"] });
    expect(fresh("json", operators)).toEqual({ on: "json", op: "eq", path: "$.", value: "" });
  });
  test("another subject keeps the severity, and the comparison where it has none of its own", () => {
    expect(about({ on: "status", op: "eq", value: "200", severity: "degraded" }, "rcode", operators)).toEqual({ on: "rcode", op: "eq", value: "200", severity: "degraded" });
    expect(about({ on: "status", op: "in", value: ["200"], severity: "degraded" }, "body", operators)).toEqual({ on: "body", op: "contains", value: "", severity: "degraded" });
  });
  test("the value takes the form of the operator", () => {
    expect(compared({ on: "status", op: "eq", value: "200" }, "in")).toEqual({ on: "status", op: "in", value: ["200"] });
    expect(compared({ on: "body", op: "contains", value: "x" }, "exists")).toEqual({ on: "body", op: "exists" });
  });
  test("lists are written with commas, other values as JSON", () => {
    expect([writeValue(["200-299", 301]), writeValue(true), writeValue(null), writeValue("x"), writeValue(undefined)]).toEqual(["200-299, 301", "true", "null", "x", ""]);
    expect(readValue("in", "200-299, 301,")).toEqual(["200-299", "301"]);
  });
});
