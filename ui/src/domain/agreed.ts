/** What the regions agreed on when an incident moved, and what each of them saw then. Pure, and without words. */
import type { IncidentEvent, Sighting } from "../api/types";

/** What the regions agreed on when something happened to an incident. */
export interface Agreed {
  failing: readonly string[];
  healthy: readonly string[];
  silent: Readonly<Record<string, string>>;
  quorum: number;
  needed: number;
}

/** The agreement in the detail of an event; null where one region alone checks. */
export function agreedOf(event: Pick<IncidentEvent, "detail">): Agreed | null {
  const detail = event.detail as { agreement?: Partial<Agreed> } | null | undefined;
  const found = typeof detail === "object" ? detail?.agreement : undefined;
  if (!found) return null;
  return { failing: found.failing ?? [], healthy: found.healthy ?? [], silent: found.silent ?? {}, quorum: found.quorum ?? 0, needed: found.needed ?? 0 };
}

/** What the regions agreed on when it was last believed to fail. */
export function lastAgreed(events: readonly IncidentEvent[]): Agreed | null {
  return events.flatMap((event) => (event.type === "incident.resolved" ? [] : (agreedOf(event) ?? []))).at(-1) ?? null;
}

/** Whether one region alone said so, where several were to. */
export const isAlone = (agreed: Agreed) => agreed.failing.length === 1 && agreed.healthy.length === 0 && agreed.quorum > agreed.needed;

/** Everything that was seen when an incident moved once: the event, and what each region saw, if that was kept. */
export interface Moment {
  event: IncidentEvent;
  agreed: Agreed;
  sightings: ReadonlyMap<string, Sighting>;
}

const MOVES = new Set(["incident.opened", "incident.severity_changed", "incident.resolved"]);

/** The moments of an incident that several regions had a say in, newest first. What was seen belongs to the event after it. */
export function momentsOf(events: readonly IncidentEvent[], sightings: readonly Sighting[]): Moment[] {
  const moves = events.flatMap((event) => {
    const agreed = MOVES.has(event.type) ? agreedOf(event) : null;
    return agreed ? [{ event, agreed }] : [];
  });
  const groups = rounds(sightings);
  const latest = (group: readonly Sighting[]) => Math.max(...group.map((one) => Date.parse(one.at)));
  return moves.map(({ event, agreed }) => {
    const distance = (group: readonly Sighting[]) => Math.abs(latest(group) - Date.parse(event.at));
    const nearest = [...groups].sort((a, b) => distance(a) - distance(b))[0] ?? [];
    return { event, agreed, sightings: new Map(nearest.map((one) => [one.region, one])) };
  }).reverse();
}

/** The regions of a moment: those that saw it fail first, those without a vote last. */
export function regionsOf({ agreed }: Moment): string[] {
  return [...agreed.failing, ...agreed.healthy, ...Object.keys(agreed.silent)];
}

/** What all regions saw at one time is kept together: a region that comes again begins the next round. */
function rounds(sightings: readonly Sighting[]): Sighting[][] {
  const found: Sighting[][] = [];
  for (const one of sightings) {
    const open = found.at(-1);
    if (open && !open.some((other) => other.region === one.region)) open.push(one);
    else found.push([one]);
  }
  return found;
}
