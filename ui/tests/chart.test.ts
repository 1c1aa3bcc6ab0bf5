/** What the big chart draws, what stands behind it, and what is usual. */
import { describe, expect, test } from "vitest";
import type { Phases, SeriesPoint } from "../src/api/types";
import { columnOf, isEmpty, percentiles, phases, regions } from "../src/domain/chart";
import { changeText, fitting, marksOf } from "../src/domain/marks";
import { unusual, usualPhases } from "../src/domain/usual";
import { ago, NOW } from "./make";

const point = (seconds: number, change: Partial<SeriesPoint> = {}): SeriesPoint => ({ at: ago(seconds), up_ratio: 1, avg_ms: 10, p50_ms: 10, p95_ms: 20, p99_ms: 30, checks: 1, failures: 0, ...change });
const none = (seconds: number, failures = 0) => point(seconds, { avg_ms: null, p50_ms: null, p95_ms: null, p99_ms: null, checks: failures, failures });
const series = (points: SeriesPoint[]) => ({ points, from: NOW - 3600_000, to: NOW, step: 60 });

describe("percentiles", () => {
  test("are three lines from one time to the next, the slowest drawn first", () => {
    const drawing = percentiles(series([point(120), point(60)]), 60);
    expect(drawing.lines.map((line) => line.values)).toEqual([[30, 30], [20, 20], [10, 10]]);
    expect(drawing.x).toEqual([NOW / 1000 - 90, NOW / 1000 - 30]);
    expect(columnOf(drawing, 1).map(({ name, ms }) => [name, ms])).toEqual([["median", 10], ["95\u202f%", 20], ["99\u202f%", 30]]);
  });
  test("of single checks are one line", () => {
    const each = (seconds: number, ms: number) => point(seconds, { p50_ms: ms, p95_ms: ms, p99_ms: ms });
    const drawing = percentiles(series([each(120, 10), none(90), each(60, 30)]), 60);
    expect(drawing.lines.map(({ name, values }) => [name, values])).toEqual([["each one", [10, 30]]]);
    expect(drawing.top).toBe(40);
  });
  test("are joined over a hole that is shorter than the time between two checks", () => {
    const values = (points: SeriesPoint[], interval: number) => percentiles(series(points), interval).lines[2]?.values;
    expect(values([point(180), none(120), point(60)], 60)).toEqual([10, 10]);
    expect(values([point(240), none(180), none(120), none(90), point(60)], 60)).toEqual([10, null, null, null, 10]);
    expect(values([point(180), none(120, 1), point(60)], 60)).toEqual([10, null, 10]);
    expect(values([none(120), point(60), none(0)], 60)).toEqual([null, 10]);
    expect(values([point(60), none(0, 1)], 60)).toEqual([10, null]);
    expect(values([point(240), none(180), none(120), none(60)], 60)).toEqual([10, null, null, null]);
  });
  test("let one outlier out of the picture", () => expect(percentiles(series([point(120, { p99_ms: 9000 }), point(60)]), 60).top).toBe(40));
  test("of nothing are nothing", () => expect(isEmpty(percentiles(series([none(60, 2)]), 60))).toBe(true));
});

describe("phases", () => {
  const with_ = (found: Phases | null) => point(60, { phases_ms: found });
  test("stand on top of each other, and each is told by itself", () => {
    const drawing = phases(series([with_({ dns: 1, connect: 2, tls: null, ttfb: 4, transfer: 1 })]), 60);
    expect(drawing.lines.map((line) => [line.name, line.values[0]])).toEqual([["Body", 8], ["Answer", 7], ["Connect", 3], ["DNS", 1]]);
    expect(columnOf(drawing, 0).map(({ name, ms }) => [name, ms])).toEqual([["DNS", 1], ["Connect", 2], ["Answer", 4], ["Body", 1]]);
  });
  test("are unknown where results are no longer kept", () => expect(isEmpty(phases(series([with_(null), point(0)]), 60))).toBe(true));
});

test("regions share their times", () => {
  const drawing = regions([{ name: "eu", series: series([point(120), point(60)]) }, { name: "us", series: series([point(60, { p50_ms: 50 })]) }]);
  expect(drawing.lines.map((line) => [line.name, line.values])).toEqual([["eu", [10, 10]], ["us", [null, 50]]]);
  expect(columnOf(drawing, 0).map(({ name }) => name)).toEqual(["eu", "us"]);
});

describe("marks", () => {
  const range = { from: NOW - 3600_000, to: NOW };
  test("are what was wrong inside the range, and what was changed", () => {
    const spans = [
      { status: "down" as const, from: ago(9000), to: ago(8000), reason: "" }, { status: "up" as const, from: ago(8000), to: ago(600), reason: "" },
      { status: "down" as const, from: ago(600), to: ago(0), reason: "" }, { status: "degraded" as const, from: ago(4000), to: ago(3000), reason: "" },
    ];
    const found = marksOf(spans, [{ at: ago(10), actor: "mia", action: "monitor.update", fields: ["interval"] }, { at: ago(9000), actor: "mia", action: "x", fields: [] }], range);
    expect(found.shades.map((shade) => [shade.tone, shade.text])).toEqual([["down", "18:35 down"], ["deg", "17:38 degraded"]]);
    expect(found.changes.map((one) => one.text)).toEqual(["interval changed"]);
  });
  test.each([
    [["interval", "timeout", "tags"], "interval and 2 more changed"], [["failure_threshold"], "failures needed changed"], [["something_new"], "something new changed"], [[], "paused"],
  ])("the fields %o read %s", (fields, text) => expect(changeText({ at: ago(1), actor: "", action: "monitor.pause", fields })).toBe(text));
  test("have a label where there is room", () => expect(fitting([{ at: 0, width: 50 }, { at: 40, width: 50 }, { at: 60, width: 20 }])).toEqual([true, false, true]));
});

describe("what is usual", () => {
  const points = Array.from({ length: 20 }, (_, n) => point(n * 60, { phases_ms: { dns: 5, ttfb: 50 + n } }));
  const usual = usualPhases(points);
  test("is where nine of ten stayed below", () => expect(usual).toEqual({ dns: { low: 5, high: 5 }, ttfb: { low: 52, high: 68 } }));
  test("is not told from a few", () => expect(usualPhases(points.slice(0, 3))).toEqual({}));
  test.each([[{ dns: 5, ttfb: 60 }, null], [{ dns: 30, ttfb: 90 }, "dns"], [{ dns: 6, ttfb: 900 }, "ttfb"], [{ dns: 9, ttfb: 60 }, null], [{ connect: 900 }, null]])(
    "of %o the unusual phase is %s", (found, phase) => expect(unusual(found, usual)).toBe(phase));
});
