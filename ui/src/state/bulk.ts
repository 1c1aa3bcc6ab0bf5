/** Runs one thing over many monitors, in portions: with progress, a way to stop, and a report of what was refused. */
import { computed, signal } from "@preact/signals";
import { call } from "../api/http";
import { asProblem } from "../api/problem";
import { PORTION, portions, refusals, type Bulk, type Failure } from "../domain/bulk";
import { w } from "../words/bulk";
import { dropRows, rows } from "./monitors";
import { report } from "./report";
import { dismiss, toast, toastProblem } from "./toasts";

/** What became of it: done for these, refused for those; `stopped` when it did not come to all. */
export interface Outcome {
  done: readonly number[];
  failed: readonly Failure[];
  stopped: boolean;
}

interface Answer {
  data: readonly { id: number; ok: boolean; error: string | null }[];
}

/** Does it, and tells what was refused; the caller tells what was done. */
export async function runBulk(bulk: Bulk): Promise<Outcome> {
  const done: number[] = [];
  const failed: Failure[] = [];
  const progress = following(bulk);
  let stopped = false;
  for (const ids of portions(bulk.ids)) {
    stopped ||= progress.stopped();
    if (stopped) break;
    const outcome = await portion({ ...bulk, ids }).catch((thrown: unknown) => {
      toastProblem(thrown);
      return null;
    });
    if (outcome === null) {
      stopped = true;
      break;
    }
    done.push(...outcome.done);
    failed.push(...outcome.failed);
    if (bulk.action === "delete") dropRows(outcome.done);
    progress.at(done.length + failed.length);
    // Nothing of the first portion was accepted: the value is wrong for everybody.
    if (done.length === 0 && failed.length === PORTION && bulk.ids.length > PORTION) {
      stopped = true;
      break;
    }
  }
  progress.end();
  if (failed.length > 0) tell(failed, bulk.ids.length);
  return { done, failed, stopped };
}

/** One portion; those who are refused are left out, and the rest is sent again. */
async function portion(bulk: Bulk): Promise<{ done: number[]; failed: Failure[] }> {
  try {
    const { data } = await call<Answer>("POST", "/monitors/bulk", bulk);
    return {
      done: data.filter((one) => one.ok).map((one) => one.id),
      failed: data.filter((one) => !one.ok).map((one) => ({ id: one.id, error: one.error ?? "" })),
    };
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.status !== 422) throw problem;
    const failed = refusals(problem.fields, bulk.ids, slugs());
    const refused = new Set(failed.map((one) => one.id));
    const left = bulk.ids.filter((id) => !refused.has(id));
    if (refused.size === 0) throw problem;
    if (left.length === 0) return { done: [], failed };
    const rest = await portion({ ...bulk, ids: left });
    return { done: rest.done, failed: [...failed, ...rest.failed] };
  }
}

function slugs(): ReadonlyMap<string, number> {
  return new Map([...(rows.peek()?.values() ?? [])].map((row) => [row.slug, row.id]));
}

/** Shows how far it is, when it is long. */
function following(bulk: Bulk): { stopped(): boolean; at(count: number): void; end(): void } {
  const all = bulk.ids.length;
  const count = signal(0);
  let stopped = false;
  const message = all <= PORTION ? null : toast(w.working(all), {
    progress: computed(() => count.value / all), action: { label: w.stop, run: () => (stopped = true) },
  });
  return {
    stopped: () => stopped,
    at: (reached) => (count.value = reached),
    end: () => message !== null && dismiss(message),
  };
}

function tell(failed: readonly Failure[], all: number): void {
  const lines = failed.map(({ id, error }) => ({ id, name: rows.peek()?.get(id)?.name ?? `#${id}`, error }));
  const only = failed.length === 1 ? lines[0] : undefined;
  const show = { label: w.which, run: () => (report.value = lines) };
  if (only) toast(`${only.name}: ${only.error}`, { kind: "failed" });
  else toast(w.refused(failed.length, all), { kind: "failed", action: show });
}
