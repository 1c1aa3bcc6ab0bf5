/** What happened lately, newest first: incidents that came and went, and other changes of state. */
import type { Incident, OverviewRow, Status } from "../api/types";

/** One thing that happened: to an incident, or to a monitor alone. `ended` is how long an incident lasted, in seconds. */
export interface Happening {
  key: string;
  at: string;
  status: Status;
  from: Status | null;
  monitors: readonly number[];
  title: string;
  incident: Incident | null;
  ended: number | null;
}

interface Change {
  at: string;
  id: number;
  from: Status;
  row: OverviewRow;
}

/** So near to an incident's beginning or end, a change of its monitor is the same thing. */
const SAME_MS = 120_000;

/** The last happenings of some incidents and changes. */
export function recent(incidents: readonly Incident[], changes: readonly Change[], most: number): Happening[] {
  const of = incidents.flatMap(fromIncident);
  const alone = changes.filter((change) => !of.some((one) => one.monitors.includes(change.id) && Math.abs(Date.parse(one.at) - Date.parse(change.at)) < SAME_MS && !byHand(change)));
  const all = [...of, ...alone.map(fromChange)];
  return all.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, most);
}

function byHand(change: Change): boolean {
  return change.row.status === "paused" || change.row.status === "maintenance" || change.from === "paused";
}

function fromIncident(incident: Incident): Happening[] {
  const bad: Status = incident.severity === "critical" ? "down" : "degraded";
  const base = { monitors: incident.monitor_ids, title: incident.title, incident };
  const opened = { ...base, key: `open ${incident.id}`, at: incident.started_at, status: bad, from: null, ended: null };
  if (incident.resolved_at === null) return [opened];
  const ended = (Date.parse(incident.resolved_at) - Date.parse(incident.started_at)) / 1000;
  return [{ ...base, key: `over ${incident.id}`, at: incident.resolved_at, status: "up", from: bad, ended }, opened];
}

function fromChange({ at, id, from, row }: Change): Happening {
  return { key: `${id} ${at} ${row.status}`, at, status: row.status, from, monitors: [id], title: row.name, incident: null, ended: null };
}
