/** Server-Sent Events over fetch: EventSource cannot send a key, so the stream is parsed here. */

/** One event of the stream, as the standard dispatches it. */
export interface ServerEvent {
  id: string;
  type: string;
  data: string;
}

/** What a parser tells: events, and the server's wish for the reconnection delay. */
export interface ParserSink {
  event(event: ServerEvent): void;
  retry(ms: number): void;
}

/** A parser of the event stream format; `feed` takes text in pieces of any size. */
export class EventStreamParser {
  private rest = "";
  private type = "";
  private data: string[] = [];
  private id = "";

  constructor(private readonly sink: ParserSink) {}

  feed(text: string): void {
    this.rest += text;
    // A carriage return at the very end may be half of a CRLF, so it waits for the next piece.
    const held = this.rest.endsWith("\r") ? 1 : 0;
    const lines = this.rest.slice(0, this.rest.length - held).split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + (held ? "\r" : "");
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    this.field(field, value);
  }

  private field(field: string, value: string): void {
    if (field === "event") this.type = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.sink.retry(Number(value));
  }

  private dispatch(): void {
    const { type, data, id } = this;
    this.type = "";
    this.data = [];
    // An event without data is not dispatched, but its id counts; `reset` may come bare.
    if (data.length === 0 && type === "") return;
    this.sink.event({ id, type: type || "message", data: data.join("\n") });
  }
}

/** The wait before attempt n (0 is the first), in ms: doubled up to 30 s, with equal jitter. */
export function backoff(attempt: number, random: number, first = 500): number {
  const whole = Math.min(30_000, first * 2 ** attempt);
  return whole / 2 + (whole / 2) * random;
}
