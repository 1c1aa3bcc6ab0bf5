/** What is said on a status page: how far it has come, how components are, and where it stands on the desk. Pure. */
import type { Affected, ComponentStatus, Post, PostStatus } from "../api/status";
import type { Status } from "../api/types";
import { w } from "../words/posts";
import { clock, duration } from "./format";

export const STATUSES: readonly PostStatus[] = ["investigating", "identified", "monitoring", "resolved"];
export const IMPACTS = ["none", "minor", "major", "critical"] as const;
/** The states that people may give a component, best first. */
export const STATES: readonly ComponentStatus[] = ["operational", "degraded", "partial_outage", "major_outage", "maintenance"];

const SHAPES: Readonly<Record<string, Status>> = { operational: "up", degraded: "degraded", partial_outage: "degraded", major_outage: "down", maintenance: "maintenance", unknown: "unknown" };
const STATUS_SHAPES: Readonly<Record<PostStatus, Status>> = { investigating: "down", identified: "degraded", monitoring: "maintenance", resolved: "up" };

/** The shape of a monitor's state that a component's state has here. */
export function shapeOf(status: string): Status {
  return SHAPES[status] ?? "unknown";
}

/** The shape for how far an incident has come. */
export function statusShape(status: PostStatus): Status {
  return STATUS_SHAPES[status] ?? "unknown";
}

export type Place = "open" | "notices" | "scheduled" | "past";

/** Where a post stands on the desk. */
export function placeOf(post: Post): Place {
  if (!post.published) return "scheduled";
  if (post.status === "resolved" || post.resolved_at !== null) return "past";
  return post.kind === "notice" ? "notices" : "open";
}

/** When it was published and is over, in a few words. */
export function spanText(post: Post, now: number): string {
  const began = post.started_at ?? post.publish_at;
  const from = post.published ? w.since(clock(began, now)) : w.publishAt(clock(post.publish_at, now));
  if (post.resolved_at) return [w.ended(clock(post.resolved_at, now)), w.lasted(duration((Date.parse(post.resolved_at) - Date.parse(began)) / 1000))].join(", ");
  return post.ends_at ? `${from}, ${w.until(clock(post.ends_at, now))}` : from;
}

/** What is affected when something new is said: as before, and all well when it is over. */
export function affectedBy(status: PostStatus, before: readonly Affected[]): Affected[] {
  return before.map((one) => (status === "resolved" ? { ...one, status: "operational" } : one));
}

/** The affected components with another state for one; null takes it out. */
export function withState(all: readonly Affected[], id: number, status: ComponentStatus | null): Affected[] {
  const others = all.filter((one) => one.component_id !== id);
  if (status === null) return others;
  const known = all.some((one) => one.component_id === id);
  return known ? all.map((one) => (one.component_id === id ? { component_id: id, status } : one)) : [...all, { component_id: id, status }];
}

/** The state to begin with for a component of an incident of this impact. */
export function stateFor(impact: string): ComponentStatus {
  return impact === "critical" ? "major_outage" : impact === "major" ? "partial_outage" : impact === "minor" ? "degraded" : "operational";
}
