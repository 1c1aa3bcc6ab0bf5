/** Planned work: where its form starts, what is sent, how a window is told in a sentence, and where it stands in the list. Pure. */
import type { Window } from "../api/status";
import type { OverviewRow } from "../api/types";
import { language } from "../words/catalogue";
import { w } from "../words/maintenance";
import { interval } from "./duration";
import { clock, listed } from "./format";
import { same, type Draft } from "./form";
import { readRule, WEEKDAYS, type Rule, type Weekday } from "./rrule";

/** What stands for a field that was cleared. */
const BLANK: Draft = {
  name: "", description: "", monitor_ids: [], tags: [], groups: [], starts_at: null, ends_at: null, cron: null, rrule: null, duration_s: null, timezone: "UTC", public: true, announce_s: 604_800,
};
export const FIELDS = Object.keys(BLANK);

/** The tag that every monitor has. */
export const EVERYTHING = "*";

export type Kind = "weekly" | "monthly" | "cron" | "rrule";
export type Part = "running" | "upcoming" | "recurring" | "over";

/** The draft of a window that is there: what differs from nothing. */
export function draftOf(window: Draft): Draft {
  return Object.fromEntries(FIELDS.flatMap((name) => (name in window && !same(window[name], BLANK[name]) ? [[name, window[name]]] : [])));
}

/** What a PATCH says of two drafts; what was cleared becomes blank. */
export function windowPatch(before: Draft, after: Draft): Draft {
  return Object.fromEntries(FIELDS.flatMap((name) => (same(before[name], after[name]) ? [] : [[name, after[name] ?? BLANK[name]]])));
}

/** The draft of a window that begins when it is saved, by the clock of the server, and lasts so many seconds. */
export function beginning(draft: Draft, seconds: number): Draft {
  const { starts_at: _, ends_at: __, ...rest } = draft;
  return { ...rest, duration_s: seconds };
}

/** When a window that is over ended: as planned, or when somebody ended it. */
export function endedAt(window: Window, now: number): string {
  return window.ends_at !== null && Date.parse(window.ends_at) <= now ? window.ends_at : window.updated_at;
}

/** How a window recurs; null for one that is open once. */
export function kindOf(draft: Draft): Kind | null {
  if (typeof draft.cron === "string") return "cron";
  if (typeof draft.rrule !== "string") return null;
  const rule = readRule(draft.rrule);
  return rule === null ? "rrule" : rule.every === "week" ? "weekly" : "monthly";
}

/** Where it stands in the list: one that is open now is named there too when it comes again. */
export function partsOf(window: Window): Part[] {
  const recurring = window.cron !== null || window.rrule !== null;
  const later: Part[] = window.next === null ? [] : [recurring ? "recurring" : "upcoming"];
  if (window.active) return recurring ? ["running", ...later] : ["running"];
  return later.length > 0 ? later : ["over"];
}

/** When it is open, in a sentence. */
export function whenText(window: Pick<Window, "cron" | "rrule" | "duration_s" | "starts_at" | "ends_at" | "timezone">, now: number): string {
  const { cron, rrule, duration_s: lasting, starts_at: from, ends_at: to } = window;
  if (cron === null && rrule === null) return from && to ? w.span(clock(from, now), clock(to, now), interval(Math.round((Date.parse(to) - Date.parse(from)) / 1000))) : "";
  const rule = rrule === null ? null : readRule(rrule);
  const text = rule ? ruleText(rule) : rrule === null ? w.cron(cron ?? "") : w.rule(rrule);
  return w.inZone(lasting ? w.lasting(text, interval(lasting)) : text, window.timezone);
}

function ruleText(rule: Rule): string {
  const n = rule.interval;
  if (rule.every === "week") {
    const days = listed(rule.days.length > 3 ? rule.days.map((day) => weekdayName(day, "short")) : rule.days.map((day) => weekdayName(day)));
    return n === 1 ? w.weekly(days, rule.at) : w.weeks(n, days, rule.at);
  }
  if ("day" in rule) return n === 1 ? w.monthlyDay(rule.day, rule.at) : w.monthsDay(n, rule.day, rule.at);
  const nth = nthText(rule.nth);
  return n === 1 ? w.monthlyNth(nth, weekdayName(rule.weekday), rule.at) : w.monthsNth(n, nth, weekdayName(rule.weekday), rule.at);
}

/** "first" to "fourth", "last". */
export function nthText(nth: number): string {
  return nth === -1 ? w.nth.last : [w.nth.n1, w.nth.n2, w.nth.n3, w.nth.n4][nth - 1] ?? String(nth);
}

/** The name of a day of the week. */
export function weekdayName(day: Weekday, style: "long" | "short" = "long"): string {
  // The 5th of January 2026 was a Monday.
  const date = new Date(Date.UTC(2026, 0, 5 + WEEKDAYS.indexOf(day)));
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), { weekday: style, timeZone: "UTC" }).format(date);
}

/** The monitors that a draft covers as things are. */
export function coveredBy(draft: Draft, rows: readonly OverviewRow[]): OverviewRow[] {
  const [ids, tags, groups] = [draft.monitor_ids, draft.tags, draft.groups].map((value) => new Set(Array.isArray(value) ? (value as unknown[]) : []));
  return rows.filter((row) => tags?.has(EVERYTHING) || ids?.has(row.id) || (row.group !== null && groups?.has(row.group)) || row.tags.some((tag) => tags?.has(tag)));
}
