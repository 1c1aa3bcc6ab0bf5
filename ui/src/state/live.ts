/** How fresh the page is: one stream of deltas, and polling while the stream does not come through. */
import { effect, signal } from "@preact/signals";
import type { Incident, OverviewRow } from "../api/types";
import type { ServerEvent } from "../api/sse";
import { Stream } from "../api/stream";
import { applyIncident, clearIncidents, loadIncidents } from "./incidents";
import { applyDelta, clearRows, loadRows } from "./monitors";
import { past } from "./past";
import { probeNews } from "./probes";
import { signedIn } from "./session";

/** The connection: live by stream, polling, or lost. `retryAt` is when the stream is tried next. */
export interface Link {
  kind: "connecting" | "live" | "polling" | "lost";
  retryAt: number | null;
}

const POLL_MS = 30_000;

/** The state of the connection. */
export const link = signal<Link>({ kind: "connecting", retryAt: null });
/** When something was last heard from the server, in milliseconds; what is shown is at least this fresh. */
export const heardAt = signal<number | null>(null);

let stream: Stream | null = null;
let poll: ReturnType<typeof setInterval> | undefined;

/** Runs the connection for as long as a session lasts. */
export function startLive(): void {
  effect(() => {
    if (signedIn.value) begin();
    else end();
  });
  addEventListener("online", reconnect);
  document.addEventListener("visibilitychange", () => {
    // A tab that slept has lost its line without noticing; a visible one must not show old data as new.
    if (document.visibilityState === "visible" && link.peek().kind !== "live") reconnect();
  });
}

/** Tries again now, whatever the back-off says. */
export function reconnect(): void {
  stream?.connect();
  void refresh();
}

function begin(): void {
  if (stream) return;
  stream = new Stream({ opened, heard, event, lost });
  stream.connect();
  poll = setInterval(() => {
    if (link.peek().kind !== "live") void refresh();
  }, POLL_MS);
  void refresh();
}

function end(): void {
  stream?.close();
  stream = null;
  clearInterval(poll);
  clearRows();
  clearIncidents();
  past.value = null;
  heardAt.value = null;
  link.value = { kind: "connecting", retryAt: null };
}

async function refresh(): Promise<void> {
  const [answered] = await Promise.all([loadRows(), loadIncidents()]);
  if (answered) heard();
  const { kind, retryAt } = link.peek();
  if (kind === "live") return;
  if (answered && kind === "lost") link.value = { kind: "polling", retryAt };
  if (!answered) link.value = { kind: "lost", retryAt };
}

function opened(): void {
  link.value = { kind: "live", retryAt: null };
  heard();
  // What happened between the last answer and this moment is asked for; unchanged, it costs a 304.
  void refresh();
}

function heard(): void {
  heardAt.value = Date.now();
}

function lost(retryAt: number): void {
  const { kind } = link.peek();
  link.value = { kind: kind === "polling" ? "polling" : "lost", retryAt };
  if (kind === "live" || kind === "connecting") void refresh();
}

function event(event: ServerEvent): void {
  if (event.type === "reset") {
    stream?.forget();
    void refresh();
    return;
  }
  const body = parse(event.data);
  if (body === null) return;
  if (event.type === "monitor" && typeof body.id === "number") applyDelta(body as Partial<OverviewRow> & { id: number });
  // A ping may change nothing but the page of its job, which looks again when its row is touched.
  else if (event.type === "ping" && typeof body.id === "number") applyDelta({ id: body.id });
  else if (event.type === "incident") applyIncident(body as Partial<Incident>);
  else if (event.type === "probe") probeNews.value += 1;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
