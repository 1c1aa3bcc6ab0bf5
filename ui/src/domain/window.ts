/** Which rows of a long list are in view. */

/** The first row drawn, and the one after the last. */
export interface Window {
  first: number;
  last: number;
}

/** Rows beyond both edges that are drawn ahead, so that a flick shows no gap. */
const AHEAD = 8;

/** Where each row begins, and last where the list ends. */
export function offsetsOf<T>(items: readonly T[], heightOf: (item: T) => number): number[] {
  const offsets = [0];
  let end = 0;
  for (const item of items) offsets.push((end += heightOf(item)));
  return offsets;
}

/** The rows to draw, from where the list begins relative to the viewport. Steps of four keep scrolling from redrawing for each row. */
export function windowOf(list: { top: number; viewport: number; offsets: readonly number[] }): Window {
  const { top, viewport, offsets } = list;
  const count = offsets.length - 1;
  const above = rowAt(offsets, -top) - AHEAD;
  const below = rowAt(offsets, viewport - top) + 1 + AHEAD;
  const first = Math.max(0, Math.min(count, Math.floor(above / 4) * 4));
  const last = Math.max(first, Math.min(count, Math.ceil(below / 4) * 4));
  return { first, last };
}

/** The row at a distance from the top of the list; before the first it is 0, after the last their number. */
export function rowAt(offsets: readonly number[], y: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? Infinity) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
