/** The shapes of incidents: what happened, what was seen, and who was told why. */
import type { Status, Instant, Phases } from "./types";

export type IncidentStatus = "open" | "acknowledged" | "resolved";

export interface Incident {
  id: number;
  monitor_ids: readonly number[];
  status: IncidentStatus;
  severity: "critical" | "warning";
  title: string;
  cause: string | null;
  message?: string | null;
  started_at: Instant;
  detected_at: Instant;
  acknowledged_at: Instant | null;
  acknowledged_by: string | null;
  resolved_at: Instant | null;
  resolved_by?: string | null;
  snoozed_until?: Instant | null;
  next_reminder_at?: Instant | null;
  duration_s: number | null;
  regions: readonly string[];
}

export interface IncidentEvent {
  at: Instant;
  type: string;
  reason: string | null;
  actor: string | null;
  detail: unknown;
}

export interface IncidentWithEvents extends Incident {
  events: readonly IncidentEvent[];
}

/** What one region saw at a moment of an incident. */
export interface Sighting {
  region: string;
  at: Instant;
  status: Status;
  reason: string;
  message: string;
  evidence: Seen | null;
}

/** What a check saw; what it did not get to is left out. */
export interface Seen {
  address?: string;
  resolved?: readonly string[];
  request?: string;
  response?: string;
  redirects?: readonly string[];
  latency_ms?: number | null;
  phases_ms?: Phases;
  tls_version?: string;
  tls_cipher?: string;
  certificates?: readonly Certificate[];
  assertions?: readonly { text: string; passed: boolean; message: string }[];
}

export interface Certificate {
  subject: string;
  issuer: string;
  names: readonly string[];
  not_before: Instant;
  not_after: Instant;
  days_left: number;
}

/** One event of an incident, with what was decided for each channel. */
export interface Explained {
  at: Instant;
  event: string;
  rule: string;
  actor: string | null;
  detail: unknown;
  channels: readonly ToldChannel[];
}

/** One channel: whether it was told, why, and what its provider answered. */
export interface ToldChannel {
  channel_id: number;
  channel: string;
  told: boolean;
  reason: string;
  outcome: string;
  notification_id?: number;
  attempts: readonly { at: Instant; ok: boolean; answer: string; duration_ms: number }[];
}
