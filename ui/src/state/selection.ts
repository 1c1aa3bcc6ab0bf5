/** Which monitors are ticked on the list. */
import { signal } from "@preact/signals";

/** The ids of the ticked monitors. */
export const selection = signal<ReadonlySet<number>>(new Set());

/** Where a range begins: the last row that was ticked or unticked. */
let anchor: number | null = null;

/** Ticks or unticks one; with `range`, everything from the last one to this, in the order given, gets the same. */
export function pick(id: number, options: { range?: boolean; order: readonly number[] }): void {
  const next = new Set(selection.peek());
  const on = !next.has(id);
  const between = options.range && anchor !== null ? stretch(options.order, anchor, id) : [id];
  // A range takes over what its beginning has, so that a wide stretch is ticked even when its end already was.
  const wanted = options.range && anchor !== null && anchor !== id ? next.has(anchor) : on;
  for (const one of between) {
    if (wanted) next.add(one);
    else next.delete(one);
  }
  anchor = id;
  selection.value = next;
}

/** Ticks exactly these. */
export function pickOnly(ids: readonly number[]): void {
  anchor = null;
  selection.value = new Set(ids);
}

function stretch(order: readonly number[], from: number, to: number): readonly number[] {
  const first = order.indexOf(from);
  const last = order.indexOf(to);
  if (first === -1 || last === -1) return [to];
  return order.slice(Math.min(first, last), Math.max(first, last) + 1);
}
