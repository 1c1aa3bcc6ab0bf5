/** Sizes as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size with at most three digits that matter: "512 B", "4.2 MB", "18 GB". */
export function bytes(size: number): string {
  let value = Math.max(0, size);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return `${text}\u202f${UNITS[unit]}`;
}
