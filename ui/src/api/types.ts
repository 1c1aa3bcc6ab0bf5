/** The shapes of the HTTP contract, as the server sends them. Durations are seconds, latencies milliseconds. */

export type * from "./incidents";

export type Status =
  | "pending" | "up" | "degraded" | "late" | "down" | "unreachable" | "maintenance" | "paused" | "unknown";
export type CheckType = "http" | "tcp" | "dns" | "icmp" | "tls" | "heartbeat" | (string & {});
export type Instant = string;

export interface OverviewRow {
  id: number;
  slug: string;
  name: string;
  type: CheckType;
  target?: string | null;
  status: Status;
  reason: string | null;
  message?: string | null;
  since: Instant | null;
  last_ms: number | null;
  uptime_24h_ratio: number | null;
  strip: string;
  tags: readonly string[];
  group: string | null;
}

export interface Overview {
  counts: Partial<Record<Status, number>>;
  monitors: OverviewRow[];
  incidents_open: number;
}

export type Phase = "dns" | "connect" | "tls" | "ttfb" | "transfer";
export type Phases = Partial<Record<Phase, number | null>>;

export interface CheckResult {
  at: Instant;
  region?: string | null;
  status: Status;
  latency_ms: number | null;
  code?: number | string | null;
  reason?: string | null;
  message?: string | null;
  phases_ms?: Phases | null;
  /** False for a try that is repeated before it counts. */
  counted?: boolean;
}

export interface Assertion {
  on: string;
  op?: string;
  value?: unknown;
  path?: string;
  name?: string;
  severity?: string;
}

export interface Monitor {
  id: number;
  slug: string;
  name: string;
  type: CheckType;
  target: string | null;
  interval: number;
  timeout: number;
  retries: number;
  enabled: boolean;
  description: string;
  tags: readonly string[];
  failure_threshold: number;
  success_threshold: number;
  latency_threshold_ms: number | null;
  assertions: readonly Assertion[];
  regions: readonly string[];
  /** The regions that check it, and where nobody does who was to. */
  checked_from?: readonly string[];
  region_warning?: string | null;
  channel_ids: readonly number[];
  runbook_url: string | null;
  public?: boolean;
  created_at?: Instant;
  incident_id?: number | null;
  certificate_days?: number | null;
  status_message?: string;
  status: Status;
  status_reason: string | null;
  since: Instant | null;
  last_result: CheckResult | null;
  uptime_24h_ratio: number | null;
  managed_by?: string | null;
  grace?: number;
  cron?: string;
  on_calendar?: string;
  timezone?: string;
  max_runtime?: number | null;
  heartbeat?: Heartbeat;
}

/** What is known of a job from its pings; its address is stars for those who may not edit. */
export interface Heartbeat {
  ping_url: string;
  status: "pending" | "up" | "started" | "late" | "down";
  pings: number;
  last_ping_at: Instant | null;
  last_duration_s: number | null;
  expected_at: Instant | null;
  deadline_at: Instant | null;
  runs: readonly Run[];
}

/** A run that has started and not finished. */
export interface Run {
  run_id: string;
  started_at: Instant;
  overdue: boolean;
  expected_end_at: Instant | null;
  step: number | null;
  of: number | null;
  step_name: string;
  step_at: Instant | null;
}

export interface Ping {
  n: number;
  at: Instant;
  kind: "success" | "fail" | "start" | "log" | "ignored";
  duration_s: number | null;
  exit_status: number | null;
  note: string;
  body_bytes: number;
}

/** What is sent to make a monitor; everything left out takes the server's default. */
export interface NewMonitor {
  name: string;
  type: CheckType;
  target?: string;
  interval?: number;
  tags?: readonly string[];
}

export interface SeriesPoint {
  at: Instant;
  up_ratio: number | null;
  avg_ms: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  checks: number;
  failures: number;
  /** The average of each phase, when asked for; null where no result is kept. */
  phases_ms?: Phases | null;
}

/** Figures over time, and the regions there are results of. */
export interface SeriesAnswer {
  points: readonly SeriesPoint[];
  /** How long each point stands for, in seconds. */
  step: number;
  regions?: readonly string[];
}

/** How a monitor was on one day. */
export interface Day {
  /** A date of the calendar, without a zone. */
  date: string;
  uptime_ratio: number | null;
  worst: Status | "no_data";
  seconds: Readonly<Record<string, number>>;
}

/** One change of a monitor's configuration. */
export interface Change {
  at: Instant;
  actor: string;
  action: string;
  fields: readonly string[];
}

/** What schedule fits the pings of a job; without one, `why` says what is missing. */
export interface Suggestion {
  interval: number | null;
  cron: string | null;
  timezone: string;
  grace: number | null;
  max_runtime: number | null;
  explains_ratio: number | null;
  pings: number;
  why: string;
}

/** One badge: its address, and what to paste to show it. */
export interface Badge {
  kind: string;
  image: string;
  public: boolean;
  markdown: string;
  html: string;
  restructuredtext: string;
  asciidoc: string;
}

/** A stretch of one state. */
export interface Span {
  status: Status;
  from: Instant;
  to: Instant;
  reason: string | null;
}

export interface Channel {
  id: number;
  name: string;
  type: string;
  enabled: boolean;
  default: boolean;
}

export interface Uptime {
  uptime_ratio: number | null;
  seconds: Record<string, number>;
}

export interface Health {
  status: string;
  version: string;
  uptime_s: number;
}

export interface Page<T> {
  data: readonly T[];
  next_cursor: string | null;
}

export interface FieldError {
  path: string;
  message: string;
}

export type Sparklines = Record<string, readonly (number | null)[]>;
