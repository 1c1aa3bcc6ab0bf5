/** The last 24 hours as 60 letters: how each is drawn, and what the whole says in words. */
import type { Status } from "../api/types";
import type { Tone } from "./status";

/** How one cell looks: its colour family, how tall it is, and whether it is hatched. */
export interface Cell {
  status: Status | null;
  tone: Tone | "none";
  height: number;
  hatched: boolean;
}

/** Each letter covers this many seconds. */
export const CELL_SECONDS = 86_400 / 60;

const NONE: Cell = { status: null, tone: "none", height: 0.12, hatched: false };
// Down stands higher than all others and degraded lower, so that trouble shows without colour.
const CELLS: Record<string, Cell> = {
  u: { status: "up", tone: "up", height: 0.75, hatched: false },
  g: { status: "degraded", tone: "deg", height: 0.5, hatched: false },
  l: { status: "late", tone: "deg", height: 0.5, hatched: false },
  d: { status: "down", tone: "down", height: 1, hatched: false },
  n: { status: "unreachable", tone: "down", height: 1, hatched: true },
  m: { status: "maintenance", tone: "maint", height: 0.75, hatched: true },
  p: { status: "paused", tone: "unk", height: 0.25, hatched: false },
  k: { status: "unknown", tone: "unk", height: 0.75, hatched: true },
};

/** The cells of a strip, oldest first; a letter of a newer server counts as no data. */
export function cells(strip: string): Cell[] {
  return Array.from(strip, (letter) => CELLS[letter] ?? NONE);
}

/** A stretch of equal cells, in seconds before now. */
export interface Stretch {
  status: Status | null;
  fromAgo: number;
  toAgo: number;
}

/** The strip as stretches, oldest first. */
export function stretches(strip: string): Stretch[] {
  const found: Stretch[] = [];
  const all = cells(strip);
  all.forEach((cell, index) => {
    const last = found[found.length - 1];
    const toAgo = (all.length - index - 1) * CELL_SECONDS;
    if (last && last.status === cell.status) last.toAgo = toAgo;
    else found.push({ status: cell.status, fromAgo: toAgo + CELL_SECONDS, toAgo });
  });
  return found;
}
