/** The days of a monitor as bars: which colour and height each has, and what it says. */
import type { Day, Status } from "../api/types";
import { t } from "../words";
import { w } from "../words/monitor";
import { day, duration, percent } from "./format";
import { isProblem, tone, type Tone } from "./status";

/** How one day is drawn: its colour family, how high it stands, and whether it is hatched. */
export interface Bar {
  tone: Tone | "none";
  height: number;
  hatched: boolean;
}

const HEIGHTS: Record<Tone, number> = { down: 1, up: 0.78, deg: 0.6, maint: 0.78, unk: 0.5 };
const RESTING: readonly Status[] = ["maintenance", "paused", "unknown", "pending"];

/** The state that a day is remembered for: trouble however short, else what lasted longest. */
export function dayStatus(day: Day): Status | null {
  if (day.worst === "no_data") return null;
  if (isProblem(day.worst)) return day.worst;
  const seconds = (status: Status) => day.seconds[status] ?? 0;
  const longest = RESTING.reduce<Status>((best, status) => (seconds(status) > seconds(best) ? status : best), "up");
  return seconds(longest) > 0 ? longest : day.worst;
}

/** How a day is drawn. */
export function dayBar(day: Day): Bar {
  const status = dayStatus(day);
  if (status === null || status === "pending") return { tone: "none", height: 0.3, hatched: false };
  const family = tone(status);
  return { tone: family, height: HEIGHTS[family], hatched: family === "maint" || family === "unk" || status === "unreachable" };
}

/** What a day says: its date, its uptime, and for how long it was in trouble. */
export function dayText(one: Day): string {
  const date = dateText(one.date);
  const parts = Object.entries(one.seconds)
    .filter(([status, seconds]) => status !== "up" && status !== "no_data" && seconds >= 1)
    .sort((a, b) => b[1] - a[1])
    .map(([status, seconds]) => w.days.part(t.statusShort[status] ?? status, duration(seconds)));
  if (one.uptime_ratio === null) return parts.length > 0 ? w.days.nothing(date, parts.join(", ")) : w.days.noData(date);
  return parts.length > 0 ? w.days.some(date, percent(one.uptime_ratio), parts.join(", ")) : w.days.all(date, percent(one.uptime_ratio));
}

/** The whole stretch in a sentence, for those who do not see the bars. */
export function daysText(days: readonly Day[]): string {
  const known = days.filter((day) => day.worst !== "no_data");
  const bad = known.filter((day) => isProblem(day.worst as Status)).length;
  const ratio = percent(daysRatio(days));
  return bad === 0 ? w.days.calm(known.length, ratio) : w.days.summary(known.length, ratio, bad);
}

/** The uptime of all days together; null when nothing is known. */
export function daysRatio(days: readonly Day[]): number | null {
  const sum = (...states: Status[]) => days.reduce((all, day) => all + states.reduce((one, status) => one + (day.seconds[status] ?? 0), 0), 0);
  const [good, bad] = [sum("up", "degraded", "late"), sum("down", "unreachable")];
  return good + bad > 0 ? good / (good + bad) : null;
}

/** A calendar date as people write it; it has no zone. */
export function dateText(date: string): string {
  return day(`${date}T12:00:00Z`, "UTC");
}
