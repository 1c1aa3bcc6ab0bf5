/** Latency lines, fetched only for the rows in view and kept for a while. */
import { signal } from "@preact/signals";
import { getSparklines } from "../api/calls";
import type { Sparklines } from "../api/types";

interface Kept {
  points: Sparklines[string];
  at: number;
}

const FRESH_MS = 60_000;
const GATHER_MS = 60;
const MOST_AT_ONCE = 100;

/** The lines that are known, by monitor id. */
export const sparklines = signal<ReadonlyMap<number, Kept>>(new Map());

const wanted = new Set<number>();
const asked = new Set<number>();
let gather: ReturnType<typeof setTimeout> | undefined;

/** Asks for the lines of these monitors; what is fresh or on its way is not asked for again. */
export function wantSparklines(ids: readonly number[]): void {
  const oldest = Date.now() - FRESH_MS;
  for (const id of ids) {
    if (!asked.has(id) && (sparklines.peek().get(id)?.at ?? 0) < oldest) wanted.add(id);
  }
  // While somebody scrolls fast, only the rows where they stop are worth a request.
  clearTimeout(gather);
  if (wanted.size > 0) gather = setTimeout(fetchWanted, GATHER_MS);
}

async function fetchWanted(): Promise<void> {
  const ids = [...wanted].slice(-MOST_AT_ONCE);
  wanted.clear();
  for (const id of ids) asked.add(id);
  try {
    const answer = await getSparklines(ids);
    const next = new Map(sparklines.peek());
    const at = Date.now();
    for (const id of ids) next.set(id, { points: answer[String(id)] ?? [], at });
    sparklines.value = next;
  } catch {
    // A missing line is no reason to disturb anybody; the next look asks again.
  } finally {
    for (const id of ids) asked.delete(id);
  }
}
