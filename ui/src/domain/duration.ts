/** Durations as people write them: "90s", "5 min", "1 h 30 m", or with the units of their language. At the wire they are seconds. */
import { t } from "../words";
import { number } from "./format";

const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const;
const PART = /(\d+(?:[.,]\d+)?)\s*(\p{L}*)/gu;
const WORDS: Readonly<Record<string, number>> = {
  "": 1, s: 1, sec: 1, secs: 1, second: 1, seconds: 1, ms: 0.001, m: 60, min: 60, mins: 60, minute: 60, minutes: 60,
  h: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400, w: 604_800, week: 604_800, weeks: 604_800,
};

/** Seconds of a written duration; null when it is none. A number alone is seconds. */
export function parseDuration(text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (plain === "" || plain.replace(PART, "").trim() !== "") return null;
  let seconds = 0;
  for (const [, digits = "", unit = ""] of plain.matchAll(PART)) {
    const size = WORDS[unit] ?? UNITS.find(([name]) => t.units[name]("").trim().toLowerCase() === unit)?.[1];
    if (size === undefined) return null;
    seconds += Number(digits.replace(",", ".")) * size;
  }
  return Math.round(seconds * 1000) / 1000;
}

/** A duration as it was configured, in all its units: "1 min 30 s", "0.2 s", "1 d". */
export function interval(seconds: number): string {
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = size === 1 ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
    if (count > 0) parts.push(t.units[unit](number(count, 3)));
    rest -= count * size;
  }
  return parts.join(" ") || t.units.s(0);
}

/** The same as it may be typed again, with spaces that keyboards have. */
export function writeDuration(seconds: number): string {
  return interval(seconds).replaceAll("\u202f", " ");
}
