/** Calls of forms: the types with their schemas, reading with a tag, saving, trying out; and what became of notifications. */
import type { Draft } from "../domain/form";
import type { Schema } from "../domain/schema";
import { search } from "./calls";
import { call, callIfChanged } from "./http";
import type { CheckResult, Instant, Monitor, Page, Seen } from "./types";

type Ref = number | string;

/** A type of check or channel: what it is called, and the schema of its settings. */
export interface TypeInfo {
  name: string;
  title: string;
  settings: Schema;
}

export interface CheckTypeInfo extends TypeInfo {
  target_help: string;
  /** Nothing is checked: something must call in. */
  passive: boolean;
  assertable: readonly string[];
  operators: Readonly<Record<string, readonly string[]>>;
  /** What is taken for what is left out. */
  defaults: Draft;
}

export interface CheckTypes { data: readonly CheckTypeInfo[]; monitor: Schema }
export interface ChannelTypes { data: readonly TypeInfo[]; channel: Schema }

/** A monitor with everything that is configured. */
export interface WholeMonitor extends Monitor {
  settings: Draft;
  [field: string]: unknown;
}

export interface WholeChannel {
  id: number;
  slug: string;
  name: string;
  type: string;
  enabled: boolean;
  default: boolean;
  settings: Draft;
  events: readonly string[];
  managed_by: string | null;
  [field: string]: unknown;
}

/** Something with the tag that guards its edit. */
export interface Tagged<T> { value: T; etag: string | null }

export type TriedResult = CheckResult & { evidence?: Seen | null };
export interface TestOutcome { ok: boolean; error: string | null; duration_ms: number }

export type NotificationStatus = "pending" | "sent" | "failed" | "dead" | "dropped";

export interface Notification {
  id: number;
  channel_id: number;
  incident_id: number | null;
  monitor_id: number | null;
  event: string;
  status: NotificationStatus;
  reason: string;
  created_at: Instant;
  next_attempt_at: Instant | null;
  finished_at: Instant | null;
  attempts: readonly { at: Instant; ok: boolean; answer: string; duration_ms: number }[];
}

/** How a channel fares. */
export interface Tally {
  channel_id: number;
  last: { at: Instant; ok: boolean; answer: string; duration_ms: number; event: string } | null;
  sent_24h: number;
  dead_24h: number;
  waiting: number;
  failing: number;
}

export const getCheckTypes = () => call<CheckTypes>("GET", "/check-types");
export const getChannelTypes = () => call<ChannelTypes>("GET", "/channel-types");

export const readMonitor = (ref: Ref) => tagged<WholeMonitor>(`/monitors/${encodeURIComponent(ref)}`);
export const addMonitor = (body: Draft, key: string, lender?: Ref) => call<WholeMonitor>("POST", `/monitors${lent(lender)}`, body, { "Idempotency-Key": key });
export const patchMonitor = (ref: Ref, body: Draft, etag: string | null) => call<WholeMonitor>("PATCH", `/monitors/${encodeURIComponent(ref)}`, body, guard(etag));
export const tryMonitor = (body: Draft, lender?: Ref) => call<TriedResult>("POST", `/checks${lent(lender)}`, body);
export const getOccurrences = (query: { cron: readonly string[]; on_calendar: readonly string[]; timezone: string }) => call<{ timezone: string; data: readonly Instant[] }>("GET", `/schedules/next${search(query)}`);

export const listChannels = () => call<Page<WholeChannel>>("GET", "/channels?limit=500");
export const readChannel = (ref: Ref) => tagged<WholeChannel>(`/channels/${encodeURIComponent(ref)}`);
export const addChannel = (body: Draft, key: string) => call<WholeChannel>("POST", "/channels", body, { "Idempotency-Key": key });
export const patchChannel = (ref: Ref, body: Draft, etag: string | null) => call<WholeChannel>("PATCH", `/channels/${encodeURIComponent(ref)}`, body, guard(etag));
export const deleteChannel = (ref: Ref) => call<null>("DELETE", `/channels/${encodeURIComponent(ref)}`);
export const testChannel = (body: Draft, lender?: Ref) => call<TestOutcome>("POST", `/channels/test${lent(lender)}`, body);

export const getTallies = () => call<{ data: readonly Tally[] }>("GET", "/notifications/tallies");
export const getNotifications = (query: Parameters<typeof search>[0]) => call<Page<Notification>>("GET", `/notifications${search(query)}`);
export const retryNotification = (id: number) => call<Notification>("POST", `/notifications/${id}/retry`);
/** The monitors that name a channel themselves. */
export const monitorsTelling = (channel: number) => call<Page<WholeMonitor>>("GET", `/monitors${search({ limit: 100, channel_id: channel })}`);

async function tagged<T>(path: string): Promise<Tagged<T>> {
  const answer = await callIfChanged<T>(path, null);
  if (!answer.changed) throw new Error("an answer without a condition cannot be unchanged");
  return { value: answer.value, etag: answer.etag };
}

function guard(etag: string | null): Record<string, string> {
  return etag === null ? {} : { "If-Match": etag };
}

/** The query that names whose stored secrets stand where the body has stars. */
function lent(lender: Ref | undefined): string {
  return search({ secrets_from: lender });
}
