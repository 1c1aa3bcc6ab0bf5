/** Keeps one event stream open: resumes by Last-Event-ID, backs off with jitter, notices silence. */
import { under } from "./base";
import { sessionRefused } from "./http";
import { backoff, EventStreamParser, type ServerEvent } from "./sse";

/** A comment comes every 15 s; when nothing at all came for this long, the line is dead. */
const SILENCE_MS = 40_000;

/** What the stream reports to the live state. */
export interface StreamSink {
  opened(): void;
  heard(): void;
  event(event: ServerEvent): void;
  lost(retryAtMs: number): void;
}

/** One lasting subscription to /api/v1/events. */
export class Stream {
  private lastId = "";
  private attempt = 0;
  private firstWait = 500;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly sink: StreamSink) {}

  /** Connects now, whatever the back-off says. */
  connect(): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.watch();
    void this.run(abort).then((wanted) => {
      if (wanted && !this.closed && this.abort === abort) this.later();
    });
  }

  /** Lets the connection go and keeps the position: the next `connect` goes on from there. */
  pause(): void {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    const open = this.abort;
    this.abort = null;
    open?.abort();
  }

  /** Ends the subscription for good. */
  close(): void {
    this.closed = true;
    this.pause();
  }

  /** Forgets the position, so that the next connection starts with what is new. */
  forget(): void {
    this.lastId = "";
  }

  private async run(abort: AbortController): Promise<boolean> {
    try {
      const response = await fetch(under("/api/v1/events"), {
        headers: { Accept: "text/event-stream", ...(this.lastId ? { "Last-Event-ID": this.lastId } : {}) },
        signal: abort.signal,
        cache: "no-store",
      });
      if (response.status === 401) {
        sessionRefused();
        return false;
      }
      if (!response.ok || response.body === null) return true;
      await this.read(response.body, abort);
    } catch {
      // A broken line and an aborted one look alike; the caller decides whether to try again.
    }
    return true;
  }

  private async read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const parser = new EventStreamParser({
      event: (event) => {
        if (event.id) this.lastId = event.id;
        this.sink.event(event);
      },
      retry: (ms) => (this.firstWait = Math.min(ms, 30_000)),
    });
    this.attempt = 0;
    this.sink.opened();
    const reader = body.getReader();
    const decoder = new TextDecoder();
    while (!abort.signal.aborted) {
      const { done, value } = await reader.read();
      if (done) return;
      this.watch();
      this.sink.heard();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  private later(): void {
    const wait = backoff(this.attempt, Math.random(), this.firstWait);
    this.attempt += 1;
    clearTimeout(this.watchdog);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait);
    this.sink.lost(Date.now() + wait);
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.abort?.abort(), SILENCE_MS);
  }
}
