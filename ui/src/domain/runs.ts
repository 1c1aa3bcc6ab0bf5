/** The runs of a job, put together from its pings: when each began, how long it took, how it ended. */
import type { Ping, Run } from "../api/types";

export interface JobRun {
  key: string;
  at: string;
  /** How it ended; a run that goes on has no end yet, one without a start no duration. */
  outcome: "success" | "fail" | "running" | "overdue";
  seconds: number | null;
  exit: number | null;
  note: string;
  ping: Ping | null;
}

/** The runs, newest first: those that go on, then one for each ping that ended one. Pings come newest first. */
export function runsOf(pings: readonly Ping[], open: readonly Run[], now: number): JobRun[] {
  const going = open.map((run): JobRun => ({
    key: `open ${run.run_id} ${run.started_at}`, at: run.started_at, outcome: run.overdue ? "overdue" : "running",
    seconds: Math.max(0, (now - Date.parse(run.started_at)) / 1000), exit: null, note: run.step_name, ping: null,
  }));
  const ended = pings.filter((ping) => ping.kind === "success" || ping.kind === "fail").map((ping): JobRun => ({
    key: String(ping.n), at: startOf(ping), outcome: ping.kind === "fail" ? "fail" : "success",
    seconds: ping.duration_s, exit: ping.exit_status, note: ping.note, ping,
  }));
  return [...going.reverse(), ...ended];
}

/** How long the scale of the bars is: the longest run, or a little more than what is allowed. */
export function scaleOf(runs: readonly JobRun[], most: number | null): number {
  const longest = Math.max(0, ...runs.map((run) => run.seconds ?? 0));
  // A limit far above what runs take would squeeze all of them into a corner.
  return most !== null && most <= longest * 4 ? Math.max(longest, most * 1.08) : longest * 1.04 || 1;
}

/** What half of the runs took at most, in seconds; null when none told. */
export function usualRun(runs: readonly JobRun[]): number | null {
  const known = runs.filter((run) => run.outcome === "success" && run.seconds !== null).map((run) => run.seconds ?? 0).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

function startOf(ping: Ping): string {
  return ping.duration_s === null ? ping.at : new Date(Date.parse(ping.at) - ping.duration_s * 1000).toISOString();
}
