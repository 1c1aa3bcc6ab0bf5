/** Planned work: times in zones, simple rules, sentences, what is sent. */
import { describe, expect, test } from "vitest";
import type { Window } from "../src/api/status";
import { beginning, coveredBy, draftOf, endedAt, kindOf, partsOf, whenText, windowPatch } from "../src/domain/maintenance";
import { readRule, writeRule, type Rule } from "../src/domain/rrule";
import { instantOf, wallOf } from "../src/domain/zoned";
import { ago, NOW, row } from "./make";

const window = (change: Partial<Window> = {}): Window => ({
  id: 1, name: "Upgrade", description: "", monitor_ids: [1], tags: [], groups: [], starts_at: ago(0), ends_at: ago(-7200), cron: null, rrule: null, duration_s: null, timezone: "UTC",
  public: true, announce_s: 604_800, active: false, current: null, next: null, monitors: [1], created_by: "Ann", updated_at: ago(60), ...change,
});

describe("a time on the wall of a zone", () => {
  test.each([
    ["2026-11-20T18:45", "Europe/Berlin", "2026-11-20T17:45:00.000Z"], ["2026-07-01T00:00", "America/New_York", "2026-07-01T04:00:00.000Z"], ["2026-07-01T09:30", "Asia/Kolkata", "2026-07-01T04:00:00.000Z"],
    ["2026-01-31T23:59", "Pacific/Auckland", "2026-01-31T10:59:00.000Z"], ["2026-11-20T18:45", "UTC", "2026-11-20T18:45:00.000Z"],
  ])("%s in %s is %s", (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(instant);
    expect(wallOf(instant, zone)).toBe(wall);
  });
  test("twice in a night of autumn, the first one is meant", () => expect(instantOf("2026-10-25T02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z"));
  test("left out in a night of spring, the clock before it goes on", () => expect(instantOf("2026-03-29T02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z"));
  test("every hour around a change of clocks, and some of each day of the year, come back as they were entered", () => {
    const changes = ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"].map(Date.parse);
    const near = (at: number) => changes.some((change) => Math.abs(at - change) < 3 * 86_400_000);
    for (let at = Date.parse("2026-01-01T00:30:00Z"); at < Date.parse("2027-01-01T00:00:00Z"); at += near(at) ? 1_800_000 : 13 * 3_600_000) {
      const wall = wallOf(at, "Australia/Lord_Howe");
      expect(wallOf(instantOf(wall, "Australia/Lord_Howe"), "Australia/Lord_Howe")).toBe(wall);
    }
  });
  test.each(["", "soon", "2026-11-20"])("%j is no time", (text) => expect(instantOf(text, "UTC")).toBeNull());
  test("in a zone that nobody knows, it is UTC", () => expect(wallOf(NOW, "Mars/Base")).toBe("2026-11-20T18:45"));
});

describe("simple rules", () => {
  const rules: readonly [string, Rule][] = [
    ["FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0", { every: "week", interval: 1, days: ["SU"], at: "02:00" }],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=22;BYMINUTE=30;BYSECOND=0", { every: "week", interval: 2, days: ["MO", "FR"], at: "22:30" }],
    ["FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=0;BYMINUTE=5;BYSECOND=0", { every: "month", interval: 1, day: 15, at: "00:05" }],
    ["FREQ=MONTHLY;BYDAY=-1SA;BYHOUR=3;BYMINUTE=0;BYSECOND=0", { every: "month", interval: 1, nth: -1, weekday: "SA", at: "03:00" }],
  ];
  test.each(rules)("%s is read and written", (text, rule) => {
    expect(readRule(text)).toEqual(rule);
    expect(writeRule(rule)).toBe(text);
  });
  test("what a calendar puts before it is no matter", () => expect(readRule("rrule:freq=weekly;byday=su;byhour=2;byminute=0")).toEqual(rules[0]?.[1]));
  test.each(["", "FREQ=DAILY;BYHOUR=2;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=SU", "FREQ=WEEKLY;BYDAY=SU;COUNT=3;BYHOUR=2;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=5SU;BYHOUR=2;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=XX;BYHOUR=2;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=40;BYHOUR=2;BYMINUTE=0"])("%j is for people who write rules", (text) => expect(readRule(text)).toBeNull());
});

describe("a window", () => {
  const sunday = { starts_at: null, ends_at: null, rrule: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0", duration_s: 7200, timezone: "Europe/Berlin" };
  test.each([
    [{}, "18:45 to 20:45, 2\u202fh"],
    [sunday, "Every week on Sunday at 02:00, for 2\u202fh (Europe/Berlin)"],
    [{ ...sunday, rrule: "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;BYHOUR=2;BYMINUTE=0" }, "Every 3 months on the last Friday at 02:00, for 2\u202fh (Europe/Berlin)"],
    [{ ...sunday, rrule: null, cron: "0 2 * * 0" }, "By the cron schedule 0 2 * * 0, for 2\u202fh (Europe/Berlin)"],
    [{ ...sunday, rrule: "FREQ=YEARLY" }, "By the rule FREQ=YEARLY, for 2\u202fh (Europe/Berlin)"],
  ])("says when it is", (change, text) => expect(whenText(window(change), NOW)).toBe(text));
  test.each([[{}, null], [{ cron: "0 2 * * 0" }, "cron"], [sunday, "weekly"], [{ rrule: "FREQ=YEARLY" }, "rrule"]])("%j is of its kind", (change, kind) => expect(kindOf(draftOf(window(change)))).toBe(kind));
  const next = { starts_at: ago(-60), ends_at: ago(-120) };
  test.each([[{ active: true }, ["running"]], [{ next }, ["upcoming"]], [{ ...sunday, next }, ["recurring"]], [{ ...sunday, active: true, next }, ["running", "recurring"]], [{}, ["over"]]])("stands where it belongs", (change, parts) => expect(partsOf(window(change))).toEqual(parts));
  test("that covers by tag and group covers each once", () => {
    const rows = [row({ id: 1, tags: ["eu"] }), row({ id: 2, group: "Shop" }), row({ id: 3, group: "Shop", tags: ["eu"] }), row({ id: 4 })];
    expect(coveredBy({ tags: ["eu"], groups: ["Shop"] }, rows).map((one) => one.id)).toEqual([1, 2, 3]);
    expect(coveredBy({ monitor_ids: [4] }, rows).map((one) => one.id)).toEqual([4]);
    expect(coveredBy({}, rows)).toEqual([]);
  });
  test("of everything covers every monitor", () => expect(coveredBy({ tags: ["*"] }, [row({ id: 1 }), row({ id: 2 })])).toHaveLength(2));
  test("that begins now leaves the beginning to the server", () => expect(beginning({ name: "x", starts_at: ago(0), ends_at: ago(-60) }, 1200)).toEqual({ name: "x", duration_s: 1200 }));
  test("that somebody ended was over then", () => {
    expect(endedAt(window({ ends_at: ago(60), updated_at: ago(600) }), NOW)).toBe(ago(60));
    expect(endedAt(window({ ends_at: ago(-60), updated_at: ago(600) }), NOW)).toBe(ago(600));
  });
  test("is sent as what changed, and what was cleared goes back", () => {
    const before = draftOf(window({ description: "x", tags: ["eu"] }));
    expect(before).not.toHaveProperty("announce_s");
    const { description: _, starts_at: __, ends_at: ___, ...rest } = before;
    expect(windowPatch(before, { ...rest, rrule: "FREQ=DAILY", duration_s: 60 })).toEqual({ description: "", starts_at: null, ends_at: null, rrule: "FREQ=DAILY", duration_s: 60 });
    expect(windowPatch(before, before)).toEqual({});
  });
});
