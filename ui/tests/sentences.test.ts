import { describe, expect, test } from "vitest";
import type { Status } from "../src/api/types";
import { causeText, headline, incidentSentence, incidentState, resultText, rowLine, rowTrouble, rowValue, stateFor, stripText } from "../src/domain/sentences";
import { countStates, needing, tileStates } from "../src/domain/status";
import "../src/words/pages";
import { ago, incident, NOW, row } from "./make";

const plain = (text: string) => text.replace(/\u202f/g, " ");
const rowsOf = (...states: Status[]) => states.map((status, index) => row({ id: index + 1, status }));
const head = (states: Status[], incidents = [] as ReturnType<typeof incident>[]) => {
  const rows = rowsOf(...states);
  return headline(rows, countStates(rows), incidents);
};

describe("the title of the overview", () => {
  test.each<[string, Status[], string]>([
    ["no monitor", [], "Nothing is watched yet"],
    ["one monitor up", ["up"], "Your monitor is fine"],
    ["all up", ["up", "up", "maintenance"], "All 3 are fine"],
    ["paused ones are not called fine", ["up", "up", "paused"], "All 2 are fine"],
    ["all paused", ["paused", "paused"], "Everything is paused"],
    ["our own blindness is not their trouble", ["up", "unknown"], "1 monitor cannot be judged"],
    ["the first checks are on their way", ["up", "pending"], "1 monitor waits for the first check"],
    ["trouble without an incident", ["up", "down", "late"], "2 things need you"],
    ["what is behind a failed parent needs nobody", ["down", "unreachable", "unreachable"], "1 thing needs you"],
  ])("%s", (_, states, title) => expect(head(states).title).toBe(title));

  test("an incident and its monitor are one thing", () => {
    expect(head(["down", "up"], [incident({ monitor_ids: [1] })])).toMatchObject({ title: "1 thing needs you", problems: 1 });
  });
  test("an acknowledged incident needs nobody else", () => {
    expect(head(["down"], [incident({ status: "acknowledged" })])).toMatchObject({ title: "1 incident is being looked at", problems: 0 });
  });
  test("a resolved incident excuses nothing", () => {
    expect(head(["down"], [incident({ status: "resolved" })]).problems).toBe(1);
  });
  test("the second sentence counts what is fine and names what is not", () => {
    expect(head(["up", "down", "paused", "unknown"]).summary).toBe("1 of 4 monitors is fine. 1 is paused. 1 cannot be judged right now: that is on our side, not theirs.");
  });
});

test("needing lists open incidents and troubled rows that none of them speaks for", () => {
  const found = needing(rowsOf("down", "late", "up"), [incident({ monitor_ids: [1] })]);
  expect(found.incidents.map((one) => one.id)).toEqual([7]);
  expect(found.rows.map((one) => one.id)).toEqual([2]);
});

describe("incidents", () => {
  test("say what, since when, seen from where and who is at it", () => {
    const text = incidentSentence(incident({ regions: ["eu-west", "us-east"] }), NOW);
    expect(text).toBe("Connection refused. Seen from eu-west and us-east since 18:41. Nobody has acknowledged it yet.");
  });
  test("from here alone need no region, and an acknowledgement has a name", () => {
    const text = incidentSentence(incident({ acknowledged_at: ago(130), acknowledged_by: "mia", status: "acknowledged" }), NOW);
    expect(plain(text)).toBe("Connection refused. Seen since 18:41. mia acknowledged it 2 min ago.");
  });
  test("that are over ask nobody for anything", () => {
    expect(incidentSentence(incident({ status: "resolved", resolved_at: ago(10) }), NOW)).toBe("Connection refused. Seen since 18:41.");
  });
  test("prefer the sentence of the server to the class", () => {
    expect(causeText({ ...incident(), message: "503 Service Unavailable." })).toBe("503 Service Unavailable");
    expect(causeText(incident({ cause: "a_reason_from_tomorrow" }))).toBe("A reason from tomorrow");
    expect(causeText(incident({ cause: null }))).toBe("It fails");
  });
  test("last until they are resolved", () => {
    expect(plain(incidentState(incident(), NOW))).toBe("Open for 4 min");
    expect(plain(incidentState(incident({ status: "resolved", resolved_at: ago(180) }), NOW))).toBe("Resolved after 1 min");
  });
});

describe("rows", () => {
  test("show the latency while they answer, else the state", () => {
    expect(plain(rowValue(row()))).toBe("142 ms");
    expect(rowValue(row({ status: "down", last_ms: 12 }))).toBe("down");
    expect(rowValue(row({ status: "paused", last_ms: null }))).toBe("paused");
  });
  test("name their target, with the type where the address does not tell it", () => {
    expect(rowLine(row())).toBe("https://shop.example");
    expect(rowLine(row({ type: "tcp", target: "db:5432" }))).toBe("TCP port · db:5432");
    expect(rowLine(row({ type: "heartbeat", target: "", slug: "backup" }))).toBe("Heartbeat · backup");
  });
  test("tell their trouble, and nothing when there is none", () => {
    expect(rowTrouble(row({ status: "down", reason: "dns_nxdomain" }))).toBe("The name does not exist");
    expect(rowTrouble(row({ status: "down", message: "503 Service Unavailable." }))).toBe("503 Service Unavailable");
    expect(rowTrouble(row({ status: "up", message: "left over" }))).toBe("");
  });
  test("leave the advice to the page of the monitor", () => {
    expect(rowTrouble(row({ status: "down", message: "db.example port 5432 refused the connection. Start it." }))).toBe("db.example port 5432 refused the connection");
    expect(rowTrouble(row({ status: "degraded", message: "Answered in 1.4 s, slower than 0.8 s." }))).toBe("Answered in 1.4 s, slower than 0.8 s");
  });
  test("say how long a state has lasted", () => {
    expect(plain(stateFor("down", ago(252), NOW))).toBe("Down for 4 min");
    expect(stateFor("pending", ago(252), NOW)).toBe("Waiting for the first check");
  });
});

test("a result is its latency, or what went wrong", () => {
  const result = { at: ago(1), status: "up", latency_ms: 88, reason: "ok", message: "" } as const;
  expect(plain(resultText(result))).toBe("88 ms");
  expect(resultText({ ...result, status: "down", reason: "connect_refused" })).toBe("Connection refused");
});

describe("the strip in words", () => {
  test("one state is told as one", () => expect(stripText("u".repeat(60))).toBe("up throughout"));
  test("no data and then up is no trouble", () => expect(stripText(".".repeat(58) + "uu")).toBe("no data and up"));
  test("trouble is told with its length and when it began", () => {
    expect(plain(stripText("u".repeat(50) + "dd" + "u".repeat(8)))).toBe("down 48 min, from 4 h ago");
  });
});

test("tiles show the states that occur", () => {
  expect(tileStates({ up: 3 })).toEqual(["up", "degraded", "down"]);
  expect(tileStates({ late: 1, unreachable: 2, paused: 1 })).toEqual(["up", "late", "unreachable", "paused"]);
  expect(tileStates({ late: 1, degraded: 1, down: 1, unreachable: 1, maintenance: 1, paused: 1 })).toEqual(["up", "degraded", "down", "maintenance"]);
});
