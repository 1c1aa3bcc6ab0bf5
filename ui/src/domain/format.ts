/** Numbers and times as people read them. Units stand after a thin space, at most three digits matter. */

const THIN = "\u202f";
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** A latency: "0.4 ms", "142 ms", "1.9 s"; a dash when there is none. */
export function latency(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms > 0 && ms < 0.05) return `<${THIN}0.1${THIN}ms`;
  if (ms < 9.95) return `${trim(ms.toFixed(1))}${THIN}ms`;
  if (ms < 999.5) return `${Math.round(ms)}${THIN}ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)}${THIN}s`;
  return duration(ms / 1000);
}

/** A ratio as a percentage that never rounds up: 100 % means every second. */
export function percent(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return "–";
  if (ratio >= 1) return `100${THIN}%`;
  const digits = ratio >= 0.9999 ? 3 : ratio >= 0.9 ? 2 : 1;
  const scale = 10 ** digits;
  return `${trim((Math.floor(ratio * 100 * scale + 1e-7) / scale).toFixed(digits))}${THIN}%`;
}

/** A duration in its two largest units: "8 s", "14 min 3 s", "2 h 10 min", "3 d 4 h". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole}${THIN}s`;
  if (whole < HOUR) return pair(whole, MINUTE, "min", 1, "s");
  if (whole < DAY) return pair(whole, HOUR, "h", MINUTE, "min");
  return pair(whole, DAY, "d", HOUR, "h");
}

/** A duration in its largest unit alone: "8 s", "14 min", "3 d". */
export function roughly(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole}${THIN}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}${THIN}min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}${THIN}h`;
  return `${Math.floor(whole / DAY)}${THIN}d`;
}

/** An interval as it was configured: "30 s", "1 min", "90 s". */
export function interval(seconds: number): string {
  for (const [size, unit] of [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"]] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${THIN}${unit}`;
  }
  return `${trim(seconds.toFixed(1))}${THIN}s`;
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
  if (Math.abs(now - date.getTime()) < 6 * DAY * 1000) return `${part(date, { weekday: "short" }, zone)} ${time}`;
  return `${part(date, { day: "numeric", month: "short" }, zone)}, ${time}`;
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
  return `${part(date, { day: "numeric", month: "short" }, zone)} ${time}`;
}

/** The exact instant in the reader's zone, for hover and focus. */
export function exact(instant: string, zone?: string): string {
  return part(new Date(instant), {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
  }, zone);
}

/** Names in a sentence: "a", "a and b", "a, b and c", "a, b and 3 more". */
export function listed(names: readonly string[], and = "and", more = "more"): string {
  if (names.length <= 1) return names[0] ?? "";
  if (names.length <= 3) return `${names.slice(0, -1).join(", ")} ${and} ${names[names.length - 1]}`;
  return `${names.slice(0, 2).join(", ")} ${and} ${names.length - 2} ${more}`;
}

function pair(whole: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = Math.floor(whole / large);
  const second = Math.floor((whole % large) / small);
  const head = `${first}${THIN}${largeUnit}`;
  return second === 0 || first >= 20 ? head : `${head} ${second}${THIN}${smallUnit}`;
}

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function part(date: Date, options: Intl.DateTimeFormatOptions, zone?: string): string {
  return formatter(options, zone).format(date);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

let zoneOfReader: () => string | undefined = () => undefined;

/** Sets where the reader's zone comes from; without one it is the browser's. */
export function useZone(source: () => string | undefined): void {
  zoneOfReader = source;
}

function formatter(options: Intl.DateTimeFormatOptions, zone = zoneOfReader()): Intl.DateTimeFormat {
  // Making a formatter costs more than a hundred uses of it.
  const key = JSON.stringify(options) + (zone ?? "");
  const known = formatters.get(key) ?? new Intl.DateTimeFormat("en-GB", zone ? { ...options, timeZone: zone } : options);
  formatters.set(key, known);
  return known;
}

function dayOf(date: Date, zone?: string): string {
  return part(date, { year: "numeric", month: "numeric", day: "numeric" }, zone);
}
