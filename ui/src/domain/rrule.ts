/** The simple rules of recurrence, read and written as RFC 5545 has them; whatever else it has stays text. Pure. */

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Every so many weeks on some days, or every so many months on a day or on the n-th of a weekday (-1: the last). */
export type Rule =
  | { readonly every: "week"; readonly interval: number; readonly days: readonly Weekday[]; readonly at: string }
  | { readonly every: "month"; readonly interval: number; readonly day: number; readonly at: string }
  | { readonly every: "month"; readonly interval: number; readonly nth: number; readonly weekday: Weekday; readonly at: string };

const KNOWN = new Set(["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "WKST"]);

/** The rule as text. */
export function writeRule(rule: Rule): string {
  const [hour, minute] = rule.at.split(":").map(Number);
  const days = rule.every === "week" ? `BYDAY=${WEEKDAYS.filter((day) => rule.days.includes(day)).join(",")}` : "day" in rule ? `BYMONTHDAY=${rule.day}` : `BYDAY=${rule.nth}${rule.weekday}`;
  const interval = rule.interval > 1 ? [`INTERVAL=${rule.interval}`] : [];
  return [`FREQ=${rule.every === "week" ? "WEEKLY" : "MONTHLY"}`, ...interval, days, `BYHOUR=${hour || 0}`, `BYMINUTE=${minute || 0}`, "BYSECOND=0"].join(";");
}

/** The text as a rule; null when it is none of the simple ones. */
export function readRule(text: string): Rule | null {
  const parts = new Map(text.trim().replace(/^RRULE:/i, "").toUpperCase().split(";").filter(Boolean).map((part) => part.split("=") as [string, string]));
  if ([...parts.keys()].some((name) => !KNOWN.has(name))) return null;
  const [interval, at, byDay] = [Number(parts.get("INTERVAL") ?? 1), timeOf(parts), parts.get("BYDAY") ?? ""];
  if (at === null || !Number.isInteger(interval) || interval < 1) return null;
  if (parts.get("FREQ") === "WEEKLY") {
    const days = byDay.split(",");
    return !parts.has("BYMONTHDAY") && days.every(isWeekday) ? { every: "week", interval, days, at } : null;
  }
  if (parts.get("FREQ") !== "MONTHLY") return null;
  const day = Number(parts.get("BYMONTHDAY") ?? Number.NaN);
  if (byDay === "") return Number.isInteger(day) && day >= 1 && day <= 31 ? { every: "month", interval, day, at } : null;
  const [, nth, weekday = ""] = /^(-1|[1-4])([A-Z]{2})$/.exec(byDay) ?? [];
  return nth !== undefined && isWeekday(weekday) && Number.isNaN(day) ? { every: "month", interval, nth: Number(nth), weekday, at } : null;
}

function timeOf(parts: ReadonlyMap<string, string>): string | null {
  const [hour, minute, second] = ["BYHOUR", "BYMINUTE", "BYSECOND"].map((name) => Number(parts.get(name) ?? (name === "BYSECOND" ? 0 : Number.NaN)));
  const fits = Number.isInteger(hour) && Number.isInteger(minute) && second === 0;
  return fits ? `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}` : null;
}

function isWeekday(text: string): text is Weekday {
  return (WEEKDAYS as readonly string[]).includes(text);
}
