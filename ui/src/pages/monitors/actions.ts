/** What can be done to some monitors at once, with what is said about it and the way back. */
import type { OverviewRow } from "../../api/types";
import { runBulk, type Outcome } from "../../state/bulk";
import { removeMonitors } from "../../state/removal";
import { toast } from "../../state/toasts";
import { rows } from "../../state/monitors";
import { w } from "../../words/monitors";

type Some = readonly Pick<OverviewRow, "id" | "name" | "status">[];

/** Pauses those that run; resumes when all of them rest. */
export function pauseOrResume(some: Some): Promise<void> {
  return some.every((row) => row.status === "paused") ? resume(some) : pause(some);
}

/** Pauses; undoing resumes those that were not resting before. */
export async function pause(some: Some): Promise<void> {
  const running = some.filter((row) => row.status !== "paused").map((row) => row.id);
  const { done } = await runBulk({ action: "pause", ids: running.length > 0 ? running : some.map((row) => row.id) });
  if (done.length > 0) toast(named(done, w.done.pausedOne, w.done.paused), { action: back("resume", done) });
}

/** Checks again; undoing pauses them. */
export async function resume(some: Some): Promise<void> {
  const resting = some.filter((row) => row.status === "paused").map((row) => row.id);
  const { done } = await runBulk({ action: "resume", ids: resting.length > 0 ? resting : some.map((row) => row.id) });
  if (done.length > 0) toast(named(done, w.done.resumedOne, w.done.resumed), { action: back("pause", done) });
}

/** Deletes, with a few seconds to undo it. */
export function remove(some: Some): void {
  removeMonitors(some.map((row) => row.id));
}

/** Puts tags on and takes others off. */
export async function retag(some: Some, change: { add: readonly string[]; remove: readonly string[] }): Promise<void> {
  const ids = some.map((row) => row.id);
  const outcomes: Outcome[] = [];
  if (change.add.length > 0) outcomes.push(await runBulk({ action: "tag", ids, set: { tags: change.add } }));
  if (change.remove.length > 0) outcomes.push(await runBulk({ action: "untag", ids, set: { tags: change.remove } }));
  const done = outcomes.at(-1)?.done ?? [];
  if (done.length > 0) toast(named(done, w.done.taggedOne, w.done.tagged));
}

/** Sets fields; answers what became of it. */
export async function setFields(some: Some, set: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const outcome = await runBulk({ action: "set", ids: some.map((row) => row.id), set });
  if (outcome.done.length > 0) toast(named(outcome.done, w.done.changedOne, w.done.changed));
  return outcome;
}

function back(action: "pause" | "resume", ids: readonly number[]) {
  return { label: w.undo, run: () => void runBulk({ action, ids }) };
}

function named(ids: readonly number[], one: (name: string) => string, many: (n: number) => string): string {
  return ids.length === 1 ? one(rows.peek()?.get(ids[0] ?? 0)?.name ?? "") : many(ids.length);
}
