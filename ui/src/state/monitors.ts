/** All monitors, one compact row each: loaded once, then kept true by deltas. */
import { computed, signal } from "@preact/signals";
import { getOverview } from "../api/calls";
import { asProblem, type Problem } from "../api/problem";
import type { OverviewRow, Status } from "../api/types";
import { byName } from "../domain/filters";
import { countStates } from "../domain/status";

type Rows = ReadonlyMap<number, OverviewRow>;

/** The rows by id; null until they were loaded for the first time. */
export const rows = signal<Rows | null>(null);
/** Why the last attempt to load them failed; null when it did not. */
export const rowsProblem = signal<Problem | null>(null);

/** The ids in the order of names. A delta rarely touches a name, and sorting 5,000 names costs more than looking at them. */
let named: Rows = new Map();
let ordered: readonly number[] = [];

function inOrder(all: Rows): readonly number[] {
  const same = all.size === named.size && [...all].every(([id, row]) => named.get(id)?.name === row.name);
  if (!same) ordered = [...all.values()].sort(byName).map((row) => row.id);
  named = all;
  return ordered;
}

/** Monitors that are about to be deleted: they are shown no more, and come back when that is undone. */
export const leavingIds = signal<ReadonlySet<number>>(new Set());

/** The rows in the order of names. */
export const sorted = computed<OverviewRow[]>(() => {
  const all = rows.value;
  const gone = leavingIds.value;
  const shown = all === null ? [] : inOrder(all).flatMap((id) => all.get(id) ?? []);
  return gone.size === 0 ? shown : shown.filter((row) => !gone.has(row.id));
});
export const counts = computed(() => countStates(sorted.value));

/** A change of state that this page has seen happen. */
export interface Change {
  at: string;
  id: number;
  from: Status;
  row: OverviewRow;
}

const MOST_CHANGES = 60;

/** The changes of state since this page was opened, newest first; the oldest are forgotten. */
export const changes = signal<readonly Change[]>([]);

let etag: string | null = null;
let pending = new Map<number, Partial<OverviewRow>>();
let flush: ReturnType<typeof setTimeout> | undefined;
let loading: Promise<boolean> | null = null;

/** Loads all rows, unless they are unchanged; answers whether the server could be asked. */
export function loadRows(): Promise<boolean> {
  loading ??= fetchRows().finally(() => (loading = null));
  return loading;
}

/** Takes one delta; those of a moment are applied together. */
export function applyDelta(delta: Partial<OverviewRow> & { id: number; deleted?: boolean }): void {
  etag = null;
  pending.set(delta.id, { ...pending.get(delta.id), ...delta });
  // Thousands of monitors bring a hundred deltas a second: the more rows, the rarer they are drawn.
  flush ??= setTimeout(applyPending, Math.min(1000, Math.max(100, (rows.peek()?.size ?? 0) / 5)));
}

/** Forgets everything, when the session ends. */
export function clearRows(): void {
  etag = null;
  pending = new Map();
  rows.value = null;
  rowsProblem.value = null;
  changes.value = [];
}

/** Takes rows out at once, for what was just deleted. */
export function dropRows(ids: readonly number[]): void {
  const next = new Map(rows.peek());
  for (const id of ids) next.delete(id);
  if (rows.peek() !== null) rows.value = next;
}

/** The row that an id or a slug names. */
export function findRow(ref: string): OverviewRow | undefined {
  const all = rows.value;
  if (all === null) return undefined;
  const byId = /^\d+$/.test(ref) ? all.get(Number(ref)) : undefined;
  return byId ?? [...all.values()].find((row) => row.slug === ref);
}

async function fetchRows(): Promise<boolean> {
  try {
    const answer = await getOverview(rows.peek() === null ? null : etag);
    if (answer.changed) {
      etag = answer.etag;
      take(new Map(answer.value.monitors.map((row) => [row.id, row])));
    }
    rowsProblem.value = null;
    return true;
  } catch (thrown) {
    rowsProblem.value = asProblem(thrown);
    return false;
  }
}

function applyPending(): void {
  flush = undefined;
  const deltas = pending;
  pending = new Map();
  const known = rows.peek();
  if (known === null) return;
  const next = new Map(known);
  let strange = false;
  for (const [id, delta] of deltas) {
    const old = next.get(id);
    if ("deleted" in delta && delta.deleted) next.delete(id);
    else if (old) next.set(id, { ...old, ...delta });
    else if (isWhole(delta)) next.set(id, delta);
    else strange = true;
  }
  take(next);
  // A delta of a row that was never seen: something was missed, so everything is asked for.
  if (strange) void loadRows();
}

/** Puts new rows in place of the old, and notes which of them changed their state. */
function take(next: Rows): void {
  const known = rows.peek();
  const found: Change[] = [];
  for (const [id, row] of known === null ? [] : next) {
    const old = known?.get(id);
    if (old && old !== row && old.status !== row.status) found.push({ at: row.since ?? new Date().toISOString(), id, from: old.status, row });
  }
  rows.value = next;
  if (found.length > 0) changes.value = [...found.reverse(), ...changes.peek()].slice(0, MOST_CHANGES);
}

function isWhole(delta: Partial<OverviewRow>): delta is OverviewRow {
  return delta.name !== undefined && delta.status !== undefined && delta.strip !== undefined && delta.tags !== undefined;
}
