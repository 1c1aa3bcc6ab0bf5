/** Rows, incidents and results with everything filled in; tests name only what they are about. */
import type { Incident, OverviewRow } from "../src/api/types";

export const NOW = Date.parse("2026-11-20T18:45:00Z");

/** An instant so many seconds before NOW. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

export function row(change: Partial<OverviewRow> = {}): OverviewRow {
  return {
    id: 1, slug: "shop", name: "Shop", type: "http", target: "https://shop.example", status: "up", reason: "ok", message: "",
    since: ago(3600), last_ms: 142, uptime_24h_ratio: 1, strip: "u".repeat(60), tags: [], group: null, ...change,
  };
}

export function incident(change: Partial<Incident> = {}): Incident {
  return {
    id: 7, monitor_ids: [1], status: "open", severity: "critical", title: "Shop is down", cause: "connect_refused",
    started_at: ago(240), detected_at: ago(208), acknowledged_at: null, acknowledged_by: null, resolved_at: null,
    duration_s: null, regions: ["local"], ...change,
  };
}
