import { describe, expect, test } from "vitest";
import { changesOf, readable } from "../src/domain/audit";
import { bytes } from "../src/domain/bytes";
import { startOfDay } from "../src/domain/days";

describe("what a row of the audit log changed", () => {
  test("each field has what it was and what it is", () => {
    expect(changesOf({ before: { interval: 60, name: "Shop" }, after: { interval: 30, name: "Shop" } })).toEqual([{ field: "interval", before: "60", after: "30" }]);
  });
  test("something new has no before, something gone no after", () => {
    expect(changesOf({ before: null, after: { name: "Shop" } })).toEqual([{ field: "name", before: null, after: "Shop" }]);
    expect(changesOf({ before: { name: "Shop" }, after: null })).toEqual([{ field: "name", before: "Shop", after: null }]);
  });
  test("fields within fields are named by their path, in the order of names", () => {
    const changes = changesOf({ before: { settings: { method: "GET", body: "" } }, after: { settings: { method: "POST", body: "" }, enabled: false } });
    expect(changes).toEqual([{ field: "enabled", before: null, after: "false" }, { field: "settings.method", before: "GET", after: "POST" }]);
  });
  test("a row without fields changed nothing that is told", () => expect(changesOf({ before: null, after: null })).toEqual([]));
  test("a secret that changed is told although both sides are stars", () => {
    expect(changesOf({ before: { token: "********" }, after: { token: "********" } })).toEqual([{ field: "token", before: "********", after: "********" }]);
  });
});

test.each([[null, "–"], ["", "–"], [[], "–"], [["a", "b"], "a, b"], [0, "0"], [false, "false"], [{ a: 1 }, '{"a":1}'], [[{ a: 1 }], '{"a":1}']])(
  "%j reads %s", (value, text) => expect(readable(value)).toBe(text));

test.each([[0, "0 B"], [512, "512 B"], [999.6, "1.0 kB"], [4_200_000, "4.2 MB"], [18_400_000_000, "18 GB"], [-1, "0 B"]])(
  "%s bytes are %s", (size, text) => expect(bytes(size).replace("\u202f", " ")).toBe(text));

describe("days of a calendar", () => {
  test.each([
    ["2026-11-20", 0, "UTC", "2026-11-20T00:00:00.000Z"],
    ["2026-11-20", 1, "UTC", "2026-11-21T00:00:00.000Z"],
    ["2026-11-20", 0, "Europe/Berlin", "2026-11-19T23:00:00.000Z"],
    ["2026-03-29", 0, "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["2026-03-29", 1, "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
    ["2026-10-25", 1, "Europe/Berlin", "2026-10-25T23:00:00.000Z"],
    ["2026-12-31", 1, "Asia/Kathmandu", "2026-12-31T18:15:00.000Z"],
  ])("%s and %i days in %s begins at %s", (day, later, zone, instant) => expect(startOfDay(day, later, zone)).toBe(instant));
  test.each(["", "yesterday", "2026-11"])("%j is no day", (text) => expect(startOfDay(text, 0, "UTC")).toBeNull());
});
