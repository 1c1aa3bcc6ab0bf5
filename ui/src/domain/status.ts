/** The states of a monitor: their order of urgency, their colour family, their place in a strip. */
import type { Incident, OverviewRow, Status } from "../api/types";

/** Colour families; each has its own shape, so that colour never speaks alone. */
export type Tone = "up" | "deg" | "down" | "maint" | "unk";

/** Most urgent first: the order of the list, and of the chips. */
export const BY_URGENCY: readonly Status[] = [
  "down", "unreachable", "degraded", "late", "unknown", "pending", "up", "maintenance", "paused",
];

const TONES: Record<Status, Tone> = {
  up: "up", degraded: "deg", late: "deg", down: "down", unreachable: "down",
  maintenance: "maint", paused: "unk", unknown: "unk", pending: "unk",
};
const PROBLEMS: ReadonlySet<Status> = new Set(["down", "unreachable", "degraded", "late"]);
const RANK = new Map(BY_URGENCY.map((status, index) => [status, index]));

/** The colour family of a state; a state this page does not know yet is shown as unknown. */
export function tone(status: Status): Tone {
  return TONES[status] ?? "unk";
}

/** Whether the target misbehaves; what is our own blindness does not count. */
export function isProblem(status: Status): boolean {
  return PROBLEMS.has(status);
}

/** How urgent a state is, 0 the most. */
export function urgency(status: Status): number {
  return RANK.get(status) ?? BY_URGENCY.length;
}

/** How many monitors are in each state. */
export function countStates(rows: Iterable<OverviewRow>): Partial<Record<Status, number>> {
  const counts: Partial<Record<Status, number>> = {};
  for (const row of rows) counts[row.status] = (counts[row.status] ?? 0) + 1;
  return counts;
}

/** The states that have a tile: up, of each kind of trouble the one that occurs, and what rests when something does. */
export function tileStates(counts: Partial<Record<Status, number>>): Status[] {
  const either = (first: Status, second: Status) => (!counts[first] && counts[second] ? second : first);
  const resting = either("maintenance", "paused");
  return ["up", either("degraded", "late"), either("down", "unreachable"), ...(counts[resting] ? [resting] : [])];
}

/** What waits for a person: open incidents, critical ones first, and troubled monitors that no active incident speaks for. */
export function needing(rows: Iterable<OverviewRow>, incidents: readonly Incident[]): { incidents: Incident[]; rows: OverviewRow[] } {
  const active = incidents.filter((incident) => incident.status !== "resolved");
  const covered = new Set(active.flatMap((incident) => incident.monitor_ids));
  const alone = [];
  for (const row of rows) {
    // What is behind a failed parent needs nobody: the parent does.
    if (isProblem(row.status) && row.status !== "unreachable" && !covered.has(row.id)) alone.push(row);
  }
  const open = active.filter((incident) => incident.status === "open");
  const worst = (incident: Incident) => (incident.severity === "critical" ? 0 : 1);
  return { incidents: open.sort((a, b) => worst(a) - worst(b)), rows: alone };
}
