/** Doing one thing to many monitors: portions, and what the server's refusals say about whom. */
import type { FieldError } from "../api/types";

export type BulkAction = "pause" | "resume" | "delete" | "tag" | "untag" | "set";

/** One thing to do to many monitors. */
export interface Bulk {
  action: BulkAction;
  ids: readonly number[];
  set?: Readonly<Record<string, unknown>>;
}

/** A monitor to which it was not done, and why. */
export interface Failure {
  id: number;
  error: string;
}

/** So many are sent at a time: soon enough done that one can stop. */
export const PORTION = 100;

/** The list in portions. */
export function portions(ids: readonly number[], size = PORTION): number[][] {
  const found: number[][] = [];
  for (let at = 0; at < ids.length; at += size) found.push(ids.slice(at, at + size));
  return found;
}

/** Whom the refusals are about; what names nobody is about all of them. The path loses the "set." in front. */
export function refusals(faults: readonly FieldError[], ids: readonly number[], slugs: ReadonlyMap<string, number>): Failure[] {
  const errors = new Map<number, string>();
  const add = (id: number, text: string) => errors.set(id, errors.has(id) ? `${errors.get(id) ?? ""}; ${text}` : text);
  for (const { path, message } of faults) {
    const place = /^ids\[(\d+)\]$/.exec(path)?.[1];
    const named = / \(([a-z0-9-]+)\)$/.exec(message);
    const id = place !== undefined ? ids[Number(place)] : slugs.get(named?.[1] ?? "");
    const text = place !== undefined ? message : `${path.replace(/^set\./, "")}: ${id === undefined ? message : message.slice(0, -(named?.[0].length ?? 0))}`;
    for (const one of id === undefined ? ids : [id]) add(one, text);
  }
  return [...errors].map(([id, error]) => ({ id, error }));
}
