/** Calls about what the public sees: status pages, what is said on them, who is told by them, and planned work. */
import type { Draft } from "../domain/form";
import { search } from "./calls";
import { call, callIfChanged, callText } from "./http";
import type { Instant, Page } from "./types";
import type { Tagged } from "./editing";

type Ref = number | string;

/** One time that a window is open. */
export interface Occurrence { starts_at: Instant; ends_at: Instant }

export interface Window {
  id: number;
  name: string;
  description: string;
  monitor_ids: readonly number[];
  tags: readonly string[];
  groups: readonly string[];
  starts_at: Instant | null;
  ends_at: Instant | null;
  cron: string | null;
  rrule: string | null;
  duration_s: number | null;
  timezone: string;
  public: boolean;
  announce_s: number;
  active: boolean;
  current: Occurrence | null;
  next: Occurrence | null;
  /** The ids of those that it covers now. */
  monitors: readonly number[];
  created_by: string;
  updated_at: Instant;
  [field: string]: unknown;
}

export const listWindows = () => call<Page<Window>>("GET", "/maintenance?limit=500");
export const readWindow = (ref: Ref) => tagged<Window>(`/maintenance/${encodeURIComponent(ref)}`);
export const addWindow = (body: Draft, key: string) => call<Window>("POST", "/maintenance", body, { "Idempotency-Key": key });
export const patchWindow = (id: number, body: Draft, etag: string | null) => call<Window>("PATCH", `/maintenance/${id}`, body, guard(etag));
export const endWindow = (id: number) => call<Window>("POST", `/maintenance/${id}/end`);
export const previewWindow = (body: Draft) => call<{ data: readonly Occurrence[] }>("POST", "/maintenance/preview", body);

export type ComponentStatus = "operational" | "degraded" | "partial_outage" | "major_outage" | "maintenance" | "unknown";
export type PostKind = "incident" | "notice";
export type PostStatus = "investigating" | "identified" | "monitoring" | "resolved";
export type Impact = "none" | "minor" | "major" | "critical";
export type Visibility = "public" | "unlisted" | "password" | "signed_in" | "networks";
export type SubscriberKind = "email" | "webhook" | "slack" | "discord";

export interface PageComponent {
  id?: number;
  name: string;
  description: string;
  group: string;
  monitor_id: number | null;
  monitor_group: string | null;
  tag: string | null;
  combine: "worst" | "weighted";
  weights: Readonly<Record<string, number>>;
}

export interface PageGroup { name: string; description: string; collapsed: boolean }
export interface PostTemplate { name: string; title: string; status: PostStatus; text: string }

export interface StatusPage {
  id: number;
  slug: string;
  url: string;
  title: string;
  description: string;
  visibility: Visibility;
  hosts: readonly string[];
  groups: readonly PageGroup[];
  components: readonly PageComponent[];
  everything_public: boolean;
  templates: readonly PostTemplate[];
  subscribe: readonly SubscriberKind[];
  has_password: boolean;
  logo: string | null;
  favicon: string | null;
  managed_by: string | null;
  [field: string]: unknown;
}

export interface Affected { component_id: number; status: ComponentStatus }

export interface PostUpdate {
  id: number;
  at: Instant;
  status: PostStatus;
  text: string;
  /** The text as the public page shows it, made and cleaned by the server. */
  html: string;
  components: readonly Affected[];
  created_by: string;
  told_at: Instant | null;
}

export interface Post {
  id: number;
  page_id: number;
  kind: PostKind;
  title: string;
  status: PostStatus;
  impact: Impact;
  publish_at: Instant;
  published: boolean;
  /** When what it is about began; null: when it was published. */
  started_at: Instant | null;
  ends_at: Instant | null;
  resolved_at: Instant | null;
  postmortem: string;
  postmortem_html: string;
  automatic: boolean;
  components: readonly Affected[];
  created_by: string;
  created_at: Instant;
  updated_at: Instant;
  updates: readonly PostUpdate[];
}

export interface Subscriber {
  id: number;
  kind: SubscriberKind;
  address: string;
  components: readonly number[];
  confirmed: boolean;
  /** Since when nothing could be delivered. */
  failing_since?: Instant | null;
  created_at: Instant;
}

/** The monitors that everybody may see. */
export const listPublicMonitors = () => call<Page<{ id: number }>>("GET", "/monitors?public=true&limit=500");
export const listPages = () => call<Page<StatusPage>>("GET", "/status-pages?limit=500");
export const readPage = (ref: Ref) => tagged<StatusPage>(pagePath(ref));
export const addPage = (body: Draft, key: string) => call<StatusPage>("POST", "/status-pages", body, { "Idempotency-Key": key });
export const patchPage = (id: number, body: Draft, etag: string | null) => call<StatusPage>("PATCH", pagePath(id), body, guard(etag));
export const deletePage = (id: number) => call<null>("DELETE", pagePath(id));

export const listPosts = (page: Ref, query: Parameters<typeof search>[0] = {}) => call<Page<Post>>("GET", `${pagePath(page)}/incidents${search({ limit: 100, ...query })}`);
export const addPost = (page: number, body: Draft, key: string) => call<Post>("POST", `${pagePath(page)}/incidents`, body, { "Idempotency-Key": key });
export const patchPost = (page: number, id: number, body: Draft) => call<Post>("PATCH", `${pagePath(page)}/incidents/${id}`, body);
export const deletePost = (page: number, id: number) => call<null>("DELETE", `${pagePath(page)}/incidents/${id}`);
export const addUpdate = (page: number, post: number, body: Draft, key: string) => call<Post>("POST", `${pagePath(page)}/incidents/${post}/updates`, body, { "Idempotency-Key": key });
export const putUpdate = (page: number, post: number, id: number, body: Draft) => call<Post>("PUT", `${pagePath(page)}/incidents/${post}/updates/${id}`, body);
export const deleteUpdate = (page: number, post: number, id: number) => call<Post | null>("DELETE", `${pagePath(page)}/incidents/${post}/updates/${id}`);

export const listSubscribers = (page: Ref, cursor?: string) => call<Page<Subscriber>>("GET", `${pagePath(page)}/subscribers${search({ limit: 500, cursor })}`);
export const addSubscriber = (page: number, body: Draft) => call<Subscriber>("POST", `${pagePath(page)}/subscribers`, body);
export const exportSubscribers = (page: Ref) => callText(`${pagePath(page)}/subscribers/export`);

/** How a page is now, as its visitors see it. */
export interface PublicState {
  status: string;
  components: readonly { id: number; name: string; group: string; status: ComponentStatus }[];
}
/** Null where it cannot be known: a page with a password asks everybody for it, and that is no end of the session. */
export async function getPublicState(page: StatusPage): Promise<PublicState | null> {
  if (page.visibility === "password") return null;
  const below = page.slug === "status" ? "" : `/${encodeURIComponent(page.slug)}`;
  return call<PublicState>("GET", `/status${below}`).catch(() => null);
}

function pagePath(ref: Ref): string {
  return `/status-pages/${encodeURIComponent(ref)}`;
}

async function tagged<T>(path: string): Promise<Tagged<T>> {
  const answer = await callIfChanged<T>(path, null);
  if (!answer.changed) throw new Error("an answer without a condition cannot be unchanged");
  return { value: answer.value, etag: answer.etag };
}

function guard(etag: string | null): Record<string, string> {
  return etag === null ? {} : { "If-Match": etag };
}
