/** The stretch of time that a chart shows: chosen by name, or by zooming in; read from the address and written to it. */

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** The ranges that have a name, and how long each is. */
export const RANGES = { "1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY } as const;
export type RangeName = keyof typeof RANGES;

/** A stretch in milliseconds; one with a name ends now and moves on. */
export interface Range {
  name: RangeName | null;
  from: number;
  to: number;
}

const USUAL: RangeName = "24h";
/** Seconds between two results of a monitor; a schedule is taken for a daily one. */
export function paceOf(monitor: { cron?: string; on_calendar?: string; interval: number }): number {
  return monitor.cron || monitor.on_calendar ? 86_400 : monitor.interval;
}

/** The range that says something of what gives a result every so many seconds. */
export function usualRange(pace: number): RangeName {
  return pace > 6 * 3600 ? "90d" : pace > 900 ? "7d" : USUAL;
}

const SHORTEST = 5 * 60 * SECOND;
const LONGEST = 400 * DAY;

/** The range that an address asks for; what makes no sense is the usual one. */
export function readRange(query: URLSearchParams, now: number, usual: RangeName = USUAL): Range {
  const from = Date.parse(query.get("from") ?? "");
  const to = Date.parse(query.get("to") ?? "");
  if (from < to && to - from >= SECOND && to - from <= LONGEST && from <= now) return { name: null, from, to };
  const asked = query.get("range") ?? "";
  const name = Object.hasOwn(RANGES, asked) ? (asked as RangeName) : usual;
  return { name, from: now - RANGES[name], to: now };
}

/** The address query with this range instead of its own; other parameters stay. */
export function writeRange(query: URLSearchParams, range: RangeName | { from: number; to: number }, usual: RangeName = USUAL): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ["range", "from", "to"]) next.delete(name);
  if (typeof range === "object") {
    next.set("from", new Date(Math.floor(range.from / SECOND) * SECOND).toISOString().replace(".000", ""));
    next.set("to", new Date(Math.ceil(range.to / SECOND) * SECOND).toISOString().replace(".000", ""));
  } else if (range !== usual) next.set("range", range);
  return next;
}

/** The range made longer or shorter around its middle; at the present it stays there. */
export function zoomed({ from, to }: Range, factor: number, now: number): { from: number; to: number } {
  const length = Math.min(LONGEST, Math.max(SHORTEST, (to - from) * factor));
  const held = now - to < (to - from) * 0.02;
  const end = held ? to : (from + to) / 2 + length / 2;
  return within({ from: end - length, to: end }, now);
}

/** The range moved by a share of its length; it does not move past the present. */
export function panned({ from, to }: Range, share: number, now: number): { from: number; to: number } {
  const by = (to - from) * share;
  return within({ from: from + by, to: to + by }, now);
}

/** What was drawn out with the pointer: at least a minute or so, in order. */
export function drawnOut(one: number, other: number): { from: number; to: number } {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const rest = SHORTEST - (to - from);
  return rest > 0 ? { from: from - rest / 2, to: to + rest / 2 } : { from, to };
}

function within({ from, to }: { from: number; to: number }, now: number): { from: number; to: number } {
  const over = Math.max(0, to - now);
  return { from: from - over, to: to - over };
}
