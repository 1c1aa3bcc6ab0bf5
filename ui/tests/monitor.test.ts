/** What the page of a monitor says: expectations, response times in words, and pages of results. */
import { describe, expect, test } from "vitest";
import type { SeriesPoint } from "../src/api/types";
import { expectations } from "../src/domain/expectations";
import { joined } from "../src/domain/pages";
import { drawable, median, niceCeiling, runTimes, seriesText } from "../src/domain/series";
import { ago, NOW } from "./make";

describe("expectations", () => {
  const http = { type: "http", latency_threshold_ms: null };
  test.each([
    [{ ...http, assertions: [] }, ["a status from 200 to 399"]],
    [{ type: "tcp", latency_threshold_ms: 800, assertions: [] }, ["an answer", "an answer within 800\u202fms, else degraded"]],
    [{ ...http, assertions: [{ on: "status", op: "in", value: ["200-299", 301] }] }, ["status 200-299, 301"]],
    [{ ...http, assertions: [{ on: "status", op: "eq", value: 200 }, { on: "json", path: "$.ok", op: "eq", value: true }] }, ["status = 200", "$.ok = true"]],
    [{ ...http, assertions: [{ on: "status" }, { on: "response_time", op: "lt", value: 800, severity: "degraded" }] }, ["status =", "response time < 800\u202fms, else degraded"]],
    [{ ...http, assertions: [{ on: "status", op: "ne", value: 500 }, { on: "header", name: "x-id", op: "exists" }, { on: "body", op: "not_contains", value: "error" }] }, ["status ≠ 500", "header x-id exists", "body not contains “error”"]],
  ])("%o", (monitor, lines) => expect(expectations(monitor)).toEqual(lines));
});

describe("response times", () => {
  const point = (change: Partial<SeriesPoint>): SeriesPoint => ({ at: ago(60), up_ratio: 1, avg_ms: 10, p50_ms: 10, p95_ms: 20, p99_ms: 30, checks: 4, failures: 0, ...change });
  const none = point({ avg_ms: null, p50_ms: null, p95_ms: null, checks: 2, failures: 2 });
  const series = (points: SeriesPoint[]) => ({ points, from: NOW - 300_000, to: NOW, step: 60 });
  test("are told in words", () => {
    const text = seriesText(series([point({}), point({ at: ago(600), p95_ms: 900 }), none]), NOW);
    expect(text).toMatch(/^Usually half of the checks take less than 10\u202fms, and 95\u202f% less than 900\u202fms\. Slowest around \d\d:\d\d: 900\u202fms\. 2 of 10 checks failed\.$/);
  });
  test("are drawn only when something answered", () => expect([drawable(series([none])), drawable(series([none, point({})]))]).toEqual([false, true]));
  test.each([[0.3, 0.4], [1, 1], [97, 100], [130, 200], [0, 0.01], [950, 1000]])("the scale for %s ends at %s", (value, top) => expect(niceCeiling(value)).toBeCloseTo(top));
  test("the middle leaves gaps out", () => expect([median([null, 3, 1, 2]), median([null])]).toEqual([2, null]));
  test.each([
    ["of one run nothing is usual", 1, 1, null, null], ["half of a few runs", 5, 1, 3, null], ["95 % of many runs", 40, 1, 21, 38], ["of some runs at a time", 5, 8, 3, 105],
  ])("run times: %s", (_, points, checks, half, most) => {
    const runs = Array.from({ length: points }, (_, index) => ({ at: ago(index * 60), up_ratio: 1, avg_ms: null, p50_ms: index + 1, p95_ms: checks === 1 ? index + 1 : 103 + index, p99_ms: checks === 1 ? index + 1 : 200, checks, failures: 0 }));
    expect(runTimes(runs)).toEqual({ half, most });
  });
});

describe("pages of results", () => {
  const at = (...seconds: number[]) => seconds.map((one) => ({ at: ago(one) }));
  test("new ones come in front of those that were loaded", () => expect(joined(at(1, 5, 9), at(5, 9, 13))).toEqual(at(1, 5, 9, 13)));
  test("a gap between them starts anew", () => expect(joined(at(1, 5), at(9, 13))).toBeNull());
  test("nothing to join is nothing", () => expect([joined(at(1), []), joined([], at(1))]).toEqual([null, null]));
});
