import { describe, expect, test } from "vitest";
import { backoff, EventStreamParser, type ServerEvent } from "../src/api/sse";

function parse(...pieces: string[]): { events: ServerEvent[]; retries: number[] } {
  const events: ServerEvent[] = [];
  const retries: number[] = [];
  const parser = new EventStreamParser({ event: (event) => events.push(event), retry: (ms) => retries.push(ms) });
  for (const piece of pieces) parser.feed(piece);
  return { events, retries };
}

const FRAME = 'id: b1-7\nevent: monitor\ndata: {"id":1}\n\n';

describe("the event stream", () => {
  test("an event has id, type and data", () => expect(parse(FRAME).events).toEqual([{ id: "b1-7", type: "monitor", data: '{"id":1}' }]));
  test("pieces of any size give the same events", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = (FRAME + ": still here\n\n" + "event: incident\ndata: a\ndata: b\n\n").replaceAll("\n", end) + (end === "\r" ? ":\n" : "");
      const whole = parse(text).events;
      expect(whole.map((event) => event.data)).toEqual(['{"id":1}', "a\nb"]);
      expect(parse(...text).events).toEqual(whole);
    }
  });
  test("the id lasts until the next one", () => expect(parse(FRAME, "data: x\n\n").events[1]).toEqual({ id: "b1-7", type: "message", data: "x" }));
  test("comments and empty blocks are nothing", () => expect(parse(": hello\n\n\n\n").events).toEqual([]));
  test("a bare reset is told, although it carries nothing", () => expect(parse("event: reset\n\n").events).toEqual([{ id: "", type: "reset", data: "" }]));
  test("one space after the colon is dropped, more are kept", () => expect(parse("data:  x\n\n").events[0]?.data).toBe(" x"));
  test("an unfinished event is not told", () => expect(parse("data: x\n").events).toEqual([]));
  test("the wish for a delay is passed on, nonsense is not", () => expect(parse("retry: 2000\nretry: soon\n\n").retries).toEqual([2000]));
  test("an id with a NUL is ignored", () => expect(parse("id: a\0b\ndata: x\n\n").events[0]?.id).toBe(""));
});

describe("waiting before the next attempt", () => {
  test("doubles and is bounded", () => {
    expect([0, 1, 2, 3].map((attempt) => backoff(attempt, 1))).toEqual([500, 1000, 2000, 4000]);
    expect(backoff(50, 1)).toBe(30_000);
  });
  test("jitter takes away at most half", () => {
    expect(backoff(3, 0)).toBe(2000);
    expect(backoff(3, 0.5)).toBe(3000);
  });
});
