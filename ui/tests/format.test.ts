import { describe, expect, test } from "vitest";
import { interval } from "../src/domain/duration";
import { clock, clockSeconds, duration, exact, latency, listed, percent, roughly, secondsSince } from "../src/domain/format";

const plain = (text: string) => text.replace(/\u202f/g, " ");
const NOW = Date.parse("2026-11-20T18:45:00Z");

describe("latency", () => {
  test.each([
    [null, "–"], [undefined, "–"], [0, "0 ms"], [0.42, "0.4 ms"], [9.94, "9.9 ms"], [9.96, "10 ms"], [142.4, "142 ms"], [999.4, "999 ms"],
    [999.6, "1.0 s"], [1900, "1.9 s"], [12_400, "12 s"], [130_000, "2 min 10 s"],
  ])("%s is %s", (ms, text) => expect(plain(latency(ms))).toBe(text));

  test("the unit stands after a thin space", () => expect(latency(142)).toBe("142\u202fms"));
});

describe("percent", () => {
  test.each([
    [null, "–"], [1, "100 %"], [0.99999999, "99.999 %"], [0.99994, "99.994 %"], [0.9971, "99.71 %"], [0.995, "99.5 %"], [0.5, "50 %"], [0.123, "12.3 %"], [0, "0 %"],
  ])("%s is %s", (ratio, text) => expect(plain(percent(ratio))).toBe(text));

  test("never rounds up to 100 %, because 100 % means every second", () => expect(percent(0.9999999)).not.toContain("100"));
});

describe("durations", () => {
  test.each([[0, "0 s"], [8.4, "8 s"], [843, "14 min 3 s"], [840, "14 min"], [7800, "2 h 10 min"], [273_600, "3 d 4 h"], [-5, "0 s"], [2_000_000, "23 d"]])(
    "%s s is %s", (seconds, text) => expect(plain(duration(seconds))).toBe(text));
  test.each([[59.9, "59 s"], [252, "4 min"], [3599, "59 min"], [90_000, "1 d"]])("%s s is roughly %s", (seconds, text) => expect(plain(roughly(seconds))).toBe(text));
  test.each([[5, "5 s"], [60, "1 min"], [90, "1 min 30 s"], [5400, "1 h 30 min"], [3600, "1 h"], [86_400, "1 d"], [7.5, "7.5 s"]])("an interval of %s s reads %s", (seconds, text) => expect(plain(interval(seconds))).toBe(text));
});

describe("points in time", () => {
  test.each([
    ["2026-11-20T18:41:02Z", "UTC", "18:41"], ["2026-11-19T18:41:02Z", "UTC", "Thu 18:41"], ["2026-11-03T18:41:02Z", "UTC", "3 Nov, 18:41"],
    ["2026-11-20T23:30:00Z", "Europe/Berlin", "Sat 00:30"],
  ])("%s in %s is %s", (at, zone, text) => expect(clock(at, NOW, zone)).toBe(text));

  test("seconds are shown where order matters", () => expect(clockSeconds("2026-11-20T18:41:02Z", NOW, "UTC")).toBe("18:41:02"));
  test("the exact instant names day, year and zone", () => expect(exact("2026-11-20T18:41:02Z", "UTC")).toMatch(/20 Nov 2026.*18:41:02 UTC/));
  test("a clock that runs ahead gives no negative age", () => expect(secondsSince("2026-11-20T18:45:09Z", NOW)).toBe(0));
});

test.each([[[], ""], [["a"], "a"], [["a", "b"], "a and b"], [["a", "b", "c"], "a, b and c"], [["a", "b", "c", "d", "e"], "a, b and 3 more"]])(
  "%j is listed as %s", (names, text) => expect(listed(names)).toBe(text));
