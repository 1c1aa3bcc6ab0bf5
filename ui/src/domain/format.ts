/** Numbers and times as people read them, in the chosen language. Units stand after a thin space, at most three digits matter. */
import { t } from "../words";
import { language } from "../words/catalogue";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** A latency: "0.4 ms", "142 ms", "1.9 s"; a dash when there is none. */
export function latency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms > 0 && ms < 0.05) return t.units.under(t.units.ms(number(0.1, 1)));
  if (ms < 9.95) return t.units.ms(number(ms, 1));
  if (ms < 999.5) return t.units.ms(Math.round(ms));
  if (ms < 99_950) return t.units.s(ms < 9_950 ? number(ms / 1000, 1, 1) : number(ms / 1000));
  return duration(ms / 1000);
}

/** A ratio as a percentage that never rounds up: 100 % means every second. */
export function percent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return "–";
  if (ratio >= 1) return t.units.percent(100);
  const digits = ratio >= 0.9999 ? 3 : ratio >= 0.9 ? 2 : 1;
  const scale = 10 ** digits;
  return t.units.percent(number(Math.floor(ratio * 100 * scale + 1e-7) / scale, digits));
}

/** A duration in its two largest units: "8 s", "14 min 3 s", "2 h 10 min", "3 d 4 h". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return t.units.s(whole);
  if (whole < HOUR) return pair(whole, [MINUTE, t.units.min], [1, t.units.s]);
  if (whole < DAY) return pair(whole, [HOUR, t.units.h], [MINUTE, t.units.min]);
  return pair(whole, [DAY, t.units.d], [HOUR, t.units.h]);
}

/** A duration in its largest unit alone: "8 s", "14 min", "3 d". */
export function roughly(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return t.units.s(whole);
  if (whole < HOUR) return t.units.min(Math.floor(whole / MINUTE));
  if (whole < DAY) return t.units.h(Math.floor(whole / HOUR));
  return t.units.d(Math.floor(whole / DAY));
}

/** A number with at most, and at least, so many digits behind the point. */
export function number(value: number, most = 0, least = 0): string {
  return kept(`number ${most} ${least}`, () => new Intl.NumberFormat(locale(), { maximumFractionDigits: most, minimumFractionDigits: least, useGrouping: false })).format(value);
}

/** Seconds from an instant to now; 0 when the clocks disagree. */
export function secondsSince(instant: string, now: number): number {
  return Math.max(0, (now - Date.parse(instant)) / 1000);
}

/** The time of day, with the day when it is not today: "18:41", "Mon 18:41", "3 Nov, 18:41". */
export function clock(instant: string, now: number, zone?: string): string {
  const date = new Date(instant);
  const time = part(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone);
  if (dayOf(date, zone) === dayOf(new Date(now), zone)) return time;
  if (Math.abs(now - date.getTime()) < 6 * DAY * 1000) return t.units.weekday(part(date, { weekday: "short" }, zone), time);
  return t.units.date(part(date, { day: "numeric", month: "short" }, zone), time);
}

/** A date without a time of day: "22 Jan 2027". */
export function day(instant: string, zone?: string): string {
  return part(new Date(instant), { day: "numeric", month: "short", year: "numeric" }, zone);
}

/** The time of day with seconds, and the day when it is not today. */
export function clockSeconds(instant: string, now: number, zone?: string): string {
  const date = new Date(instant);
  const time = part(date, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, zone);
  if (dayOf(date, zone) === dayOf(new Date(now), zone)) return time;
  return t.units.weekday(part(date, { day: "numeric", month: "short" }, zone), time);
}

/** The exact instant in the reader's zone, for hover and focus. */
export function exact(instant: string, zone?: string): string {
  return part(new Date(instant), {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
  }, zone);
}

/** Names in a sentence: "a", "a and b", "a, b and c", "a, b and 3 more". */
export function listed(names: readonly string[]): string {
  const shown = names.length <= 3 ? names : [...names.slice(0, 2), t.common.others(names.length - 2)];
  return kept("list", () => new Intl.ListFormat(locale())).format(shown);
}

type Unit = readonly [seconds: number, text: (n: number) => string];

function pair(whole: number, [large, largeText]: Unit, [small, smallText]: Unit): string {
  const first = Math.floor(whole / large);
  const second = Math.floor((whole % large) / small);
  return second === 0 || first >= 20 ? largeText(first) : `${largeText(first)} ${smallText(second)}`;
}

function locale(): string {
  return language() === "en" ? "en-GB" : language();
}

function part(date: Date, options: Intl.DateTimeFormatOptions, zone?: string): string {
  return formatter(options, zone).format(date);
}

let zoneOfReader: () => string | undefined = () => undefined;

/** Sets where the reader's zone comes from; without one it is the browser's. */
export function useZone(source: () => string | undefined): void {
  zoneOfReader = source;
}

function formatter(options: Intl.DateTimeFormatOptions, zone = zoneOfReader()): Intl.DateTimeFormat {
  return kept(JSON.stringify(options) + (zone ?? ""), () => new Intl.DateTimeFormat(locale(), zone ? { ...options, timeZone: zone } : options));
}

const formatters = new Map<string, unknown>();

/** Making a formatter costs more than a hundred uses of it. */
function kept<F>(key: string, make: () => F): F {
  const known = (formatters.get(key) as F | undefined) ?? make();
  formatters.set(key, known);
  return known;
}

function dayOf(date: Date, zone?: string): string {
  return part(date, { year: "numeric", month: "numeric", day: "numeric" }, zone);
}
