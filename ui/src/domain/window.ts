/** Which rows of a long list are in view. */

/** The first row drawn, and the one after the last. */
export interface Window {
  first: number;
  last: number;
}

/** Rows beyond both edges that are drawn ahead, so that a flick shows no gap. */
const AHEAD = 8;

/** The rows to draw, from where the list begins relative to the viewport. Steps of four keep scrolling from redrawing for each row. */
export function windowOf(list: { top: number; viewport: number; rowHeight: number; count: number }): Window {
  const { top, viewport, rowHeight, count } = list;
  const above = Math.floor(-top / rowHeight) - AHEAD;
  const below = Math.ceil((viewport - top) / rowHeight) + AHEAD;
  const first = Math.max(0, Math.min(count, Math.floor(above / 4) * 4));
  const last = Math.max(first, Math.min(count, Math.ceil(below / 4) * 4));
  return { first, last };
}
