/** How fresh the page is: one stream of deltas while somebody looks, and polling while the stream does not come through. */
import { effect, signal } from "@preact/signals";
import type { Incident, OverviewRow } from "../api/types";
import type { ServerEvent } from "../api/sse";
import { Stream } from "../api/stream";
import { applyIncident, clearIncidents, incidentNews, loadIncidents } from "./incidents";
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
/** A page that nobody has seen for so long lets its connection go: browsers allow six to one server, for all pages together. */
const UNSEEN_MS = 5_000;

/** The state of the connection. */
export const link = signal<Link>({ kind: "connecting", retryAt: null });
/** When something was last heard from the server, in milliseconds; what is shown is at least this fresh. */
export const heardAt = signal<number | null>(null);
/** Whether this page follows the stream: `away` while nobody looks at it, `aside` while others that were opened later need the connections. */
export const part = signal<"none" | "follows" | "aside" | "away">("none");
/** Grows each time that the stream comes through: what could not be loaded is worth another try. */
export const comebacks = signal(0);

let stream: Stream | null = null;
let poll: ReturnType<typeof setInterval> | undefined;
let unseen: ReturnType<typeof setTimeout> | undefined;

const isSeen = () => document.visibilityState === "visible";

/** Runs the connection for as long as a session lasts. */
export function startLive(): void {
  effect(() => {
    if (signedIn.value) begin();
    else end();
  });
  addEventListener("online", reconnect);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("visibilitychange", look);
}

/** Tries again now, whatever the back-off says. */
export function reconnect(): void {
  if (stream === null || part.peek() === "away") return;
  follow();
  void refresh();
}

/** Leaves the stream to other pages, and asks now and then instead. */
export function stepAside(): void {
  stream?.pause();
  part.value = "aside";
  link.value = { kind: "polling", retryAt: null };
}

function follow(): void {
  part.value = "follows";
  stream?.connect();
}

/** Nobody looks: the connection is let go, and its position kept. */
function leave(): void {
  clearTimeout(unseen);
  if (stream === null) return;
  stream.pause();
  part.value = "away";
  link.value = { kind: "connecting", retryAt: null };
}

function look(): void {
  clearTimeout(unseen);
  if (!isSeen()) unseen = setTimeout(leave, UNSEEN_MS);
  else if (part.peek() === "away") comeBack();
  // A tab that slept has lost its line without noticing; a visible one must not show old data as new.
  else if (link.peek().kind === "lost" || link.peek().kind === "polling") reconnect();
}

function comeBack(): void {
  follow();
  newsOfAll();
  void refresh();
}

/** What happened meanwhile may have been forgotten by the server: pages that show one thing ask again. */
function newsOfAll(): void {
  incidentNews.value += 1;
  probeNews.value += 1;
}

function begin(): void {
  if (stream) return;
  stream = new Stream({ opened, heard, event, lost });
  if (isSeen()) follow();
  else part.value = "away";
  poll = setInterval(again, POLL_MS);
  void refresh();
}

function again(): void {
  // The title of a tab says how many incidents there are, also to those who look elsewhere.
  if (part.peek() === "away") void loadIncidents();
  else if (link.peek().kind !== "live") void refresh();
}

function end(): void {
  stream?.close();
  stream = null;
  part.value = "none";
  clearInterval(poll);
  clearTimeout(unseen);
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
  comebacks.value += 1;
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
  // Whether only the stream is missing, or the server, is seen by asking; also when it answered before.
  if (kind !== "lost") void refresh();
}

function event(event: ServerEvent): void {
  if (event.type === "reset") {
    stream?.forget();
    newsOfAll();
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
