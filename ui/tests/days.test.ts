/** Days as bars, badges as code, and what comes next with an incident. */
import { describe, expect, test } from "vitest";
import type { Day, ToldChannel } from "../src/api/types";
import { codeOf, pathOf, queryOf } from "../src/domain/badges";
import { dayBar, daysRatio, dayStatus, daysText, dayText } from "../src/domain/dayBars";
import { nextOf } from "../src/domain/next";
import { ago, incident, NOW } from "./make";

const DAY = 86_400;
const day = (worst: Day["worst"], seconds: Record<string, number>, uptime_ratio: number | null = 1): Day => ({ date: "2026-11-20", uptime_ratio, worst, seconds });

describe("a day", () => {
  test.each([
    [day("up", { up: DAY }), "up", "up"], [day("down", { up: DAY - 60, down: 60 }, 0.9993), "down", "down"], [day("unknown", { up: DAY - 5, unknown: 5 }), "up", "up"],
    [day("maintenance", { up: 10, maintenance: DAY - 10 }), "maintenance", "maint"], [day("no_data", { no_data: DAY }, null), null, "none"], [day("pending", { pending: 60, no_data: 9 }, null), "pending", "none"],
    [day("paused", { paused: DAY }, null), "paused", "unk"], [day("late", { up: DAY - 5, late: 5 }), "late", "deg"],
  ])("%o is remembered as %s", (one, status, tone) => {
    expect(dayStatus(one)).toBe(status);
    expect(dayBar(one).tone).toBe(tone);
  });
  test("tells its date, its uptime and its trouble, longest first", () => {
    expect(dayText(day("down", { up: 80_000, down: 60, degraded: 4000 }, 0.99928))).toBe("20 Nov 2026: 99.92\u202f% up. degraded for 1\u202fh 6\u202fmin, down for 1\u202fmin.");
    expect(dayText(day("up", { up: DAY }))).toBe("20 Nov 2026: 100\u202f% up.");
    expect(dayText(day("no_data", { no_data: DAY }, null))).toBe("20 Nov 2026: no data.");
    expect(dayText(day("paused", { paused: DAY }, null))).toBe("20 Nov 2026: paused for 1\u202fd.");
  });
  test("all of them together are weighed by time", () => {
    const days = [day("no_data", { no_data: DAY }, null), day("up", { up: DAY }), day("down", { up: DAY / 2, down: DAY / 2 }, 0.5)];
    expect(daysRatio(days)).toBe(0.75);
    expect(daysText(days)).toBe("Over 2 days with data it was up for 75\u202f%; trouble on 1 of them.");
    expect(daysRatio([days[0] as Day])).toBeNull();
  });
});

describe("badges", () => {
  const badge = { kind: "uptime", image: "https://a.example/base/api/v1/badge/shop/uptime.svg", public: true, markdown: "[![x](https://a.example/base/api/v1/badge/shop/uptime.svg)](p)\n", html: '<img src="https://a.example/base/api/v1/badge/shop/uptime.svg">', restructuredtext: "", asciidoc: "" };
  const usual = { style: "flat", label: "", days: "30", window: "24h" };
  test("say only what is not usual", () => {
    expect(queryOf("uptime", usual)).toBe("");
    expect(queryOf("uptime", { ...usual, days: "7", style: "flat-square", label: " a (b) & c " })).toBe("?days=7&style=flat-square&label=a%20%28b%29%20%26%20c");
    expect(queryOf("status", { ...usual, days: "7", window: "1h" })).toBe("");
  });
  test("carry it into the code, as each language wants it", () => {
    expect(codeOf(badge, "markdown", "?days=7&style=x")).toBe("[![x](https://a.example/base/api/v1/badge/shop/uptime.svg?days=7&style=x)](p)");
    expect(codeOf(badge, "html", "?days=7&style=x")).toBe('<img src="https://a.example/base/api/v1/badge/shop/uptime.svg?days=7&amp;style=x">');
  });
  test("are previewed from this server", () => expect(pathOf(badge, "?days=7")).toBe("/api/v1/badge/shop/uptime.svg?days=7"));
});

describe("what comes next", () => {
  const channel: ToldChannel = { channel_id: 1, channel: "Ops", told: true, reason: "", outcome: "sent", attempts: [] };
  const explained = (outcome: string) => [{ at: ago(9), event: "incident.opened", rule: "", actor: null, detail: {}, channels: [{ ...channel, outcome }] }];
  const next = (change: object, outcome = "sent") => nextOf({ ...incident(change), events: [] }, explained(outcome), NOW)?.title ?? null;
  test.each([
    [{ status: "resolved" }, null],
    [{ next_reminder_at: new Date(NOW + 600_000).toISOString() }, "A reminder in 10\u202fmin, unless somebody acknowledges it"],
    [{ next_reminder_at: ago(1) }, "A reminder is due"],
    [{ next_reminder_at: null }, "It resolves itself as soon as the checks pass again"],
    [{ status: "acknowledged" }, "Nothing more is sent until it is over"],
    [{ snoozed_until: "2026-11-20T20:00:00Z" }, "Quiet until 20:00"],
  ])("of %o is %s", (change, title) => expect(next(change)).toBe(title));
  test("is first of all what still waits to be sent", () => expect(next({ status: "acknowledged" }, "failed")).toBe("Ops will be told"));
});
