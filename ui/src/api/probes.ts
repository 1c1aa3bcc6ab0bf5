/** Calls about one probe, and about what each region says of a monitor; the lists are in calls.ts, with what every page needs. */
import { call } from "./http";
import type { CheckResult, Instant, Status } from "./types";

/** One probe and how it does; `blind` is the sentence of why it cannot see. Durations are seconds. */
export interface Probe {
  id: number;
  region: string;
  name: string;
  /** It came by the key that all probes share, so it has none of its own. */
  shared: boolean;
  version: string;
  last_seen_at: Instant | null;
  online: boolean;
  blind: string | null;
  /** By how much its clock is ahead. */
  clock_skew_s: number;
  /** How old the oldest result is that it has not delivered. */
  lag_s: number;
  /** How late its checks start. */
  late_s: number;
  checks_per_s: number;
  in_flight: number;
  spooled: number;
  lost: number;
  refused: number;
  monitors: number;
  created_by: string;
  created_at: Instant;
}

/** A probe with its key, which is told this once, and the address to give it. */
export type WithKey = Probe & { key: string; primary: string };

/** A region: how many probes it has, whether it has a vote, and for how many monitors it fails. */
export interface Region {
  region: string;
  probes: number;
  online: number;
  votes: boolean;
  why: string | null;
  monitors: number;
  failing: number;
  /** Some of those that fail from there. */
  failing_ids: readonly number[];
}

/** What one region says of a monitor. */
export interface RegionState {
  region: string;
  status: Status;
  since: Instant | null;
  votes: boolean;
  why: string | null;
  message: string;
  last_result: CheckResult | null;
  uptime_24h_ratio: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  checks_24h: number;
}

/** What the regions of a monitor agree on; `asked` must agree as set, `needed` do with those that have a vote now. */
export interface Agreement {
  quorum: number;
  asked: number;
  needed: number;
  /** Null where one region checks it, or none has said anything yet. */
  reason: string | null;
  sentence: string;
  regions: readonly RegionState[];
}

export const getProbe = (id: number) => call<Probe>("GET", `/probes/${id}`);
export const createProbe = (region: string, name: string) => call<WithKey>("POST", "/probes", name ? { region, name } : { region });
export const renameProbe = (id: number, name: string) => call<Probe>("PATCH", `/probes/${id}`, { name });
export const rotateProbe = (id: number) => call<WithKey>("POST", `/probes/${id}/rotate`);
export const revokeProbe = (id: number) => call<null>("DELETE", `/probes/${id}`);
export const getAgreement = (ref: number | string) => call<Agreement>("GET", `/monitors/${ref}/regions`);
