/** What is said on a status page: how far it has come, how components are, and where it stands on the desk. Pure. */
import type { Affected, ComponentStatus, Impact, PageComponent, Post, PostStatus, StatusPage, Subscriber } from "../api/status";
import type { OverviewRow, Status } from "../api/types";
import { w } from "../words/posts";
import { clock, duration } from "./format";
import { membersOf } from "./page-draft";

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

/** When it began and is over, in a few words. */
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

const DOWN: ReadonlySet<Status> = new Set(["down", "unreachable"]);
const SLOW: ReadonlySet<Status> = new Set(["degraded", "late"]);
const ABSENT: ReadonlySet<Status> = new Set(["paused", "pending"]);
/** Components that are not configured have the number of their monitor on top of this. */
const IMPLICIT_FROM = 1_000_000;

/** The monitors of a component, which may be one that nobody configured. */
function monitorsOf(id: number, page: StatusPage, rows: readonly OverviewRow[]): { own: PageComponent | undefined; members: OverviewRow[] } {
  const own = page.components.find((one) => one.id === id);
  return { own, members: own ? membersOf(own, rows) : rows.filter((row) => row.id + IMPLICIT_FROM === id) };
}

/** How bad a component is by its monitors alone, whatever is said of it; null where none of them is seen to fail. */
export function failureOf(id: number, page: StatusPage, rows: readonly OverviewRow[]): ComponentStatus | null {
  const { own, members } = monitorsOf(id, page, rows);
  const down = members.filter((row) => DOWN.has(row.status));
  const weight = (some: readonly OverviewRow[]) => some.filter((row) => !ABSENT.has(row.status)).reduce((all, row) => all + Math.max(0, own?.weights[String(row.id)] ?? 1), 0);
  const weighted = own?.combine === "weighted" && members.length > 1;
  if (down.length > 0 && (!weighted || weight(down) > 0)) return weighted && weight(down) < weight(members) / 2 ? "partial_outage" : "major_outage";
  return members.some((row) => SLOW.has(row.status) && (!weighted || weight([row]) > 0)) ? "degraded" : null;
}

/** The most components that one thing said may be about. */
const MOST = 500;

/** What an incident that is reported now is about, as far as monitors say: those that fail, and as bad as the worst of them. */
export function failing(ids: readonly number[], page: StatusPage, rows: readonly OverviewRow[]): { components: Affected[]; impact: Impact | null } {
  const components = ids.flatMap((id) => {
    const status = failureOf(id, page, rows);
    return status === null ? [] : [{ component_id: id, status }];
  }).slice(0, MOST);
  const has = (status: ComponentStatus) => components.some((one) => one.status === status);
  return { components, impact: has("major_outage") ? "critical" : has("partial_outage") ? "major" : has("degraded") ? "minor" : null };
}

/** How many of these subscribers hear of something about components; what is about none concerns the whole page. */
export function toldOf(subscribers: readonly Subscriber[], about: readonly Affected[]): number {
  const ids = new Set(about.map((one) => one.component_id));
  return subscribers.filter((one) => one.confirmed && (one.components.length === 0 || ids.size === 0 || one.components.some((id) => ids.has(id)))).length;
}
