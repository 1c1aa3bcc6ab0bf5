/** Durations as people write them: "90s", "5m", "1 h 30 m". At the wire they are seconds. */

const UNITS: readonly (readonly [string, number])[] = [["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]];
const PART = /(\d+(?:[.,]\d+)?)\s*([a-zµ]*)/gi;
const WORDS: Readonly<Record<string, number>> = {
  "": 1, s: 1, sec: 1, secs: 1, second: 1, seconds: 1, ms: 0.001, m: 60, min: 60, mins: 60, minute: 60, minutes: 60,
  h: 3600, hour: 3600, hours: 3600, d: 86_400, day: 86_400, days: 86_400, w: 604_800, week: 604_800, weeks: 604_800,
};

/** Seconds of a written duration; null when it is none. A number alone is seconds. */
export function parseDuration(text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (!/^(\d+(?:[.,]\d+)?\s*[a-z]*\s*)+$/.test(plain)) return null;
  let seconds = 0;
  for (const [, digits = "", unit = ""] of plain.matchAll(PART)) {
    const size = WORDS[unit];
    if (size === undefined) return null;
    seconds += Number(digits.replace(",", ".")) * size;
  }
  return Math.round(seconds * 1000) / 1000;
}

/** A duration as it may be typed again: "1 m 30 s", "0.2 s", "1 d". */
export function writeDuration(seconds: number): string {
  if (!(seconds > 0)) return "0 s";
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = size === 1 ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * size;
  }
  return parts.join(" ");
}
