/** What the palette finds, and how fast; shortcuts; bulk refusals; what happened lately. */
import { describe, expect, test } from "vitest";
import { portions, refusals } from "../src/domain/bulk";
import { score as scoreOf, typedWords } from "../src/domain/fuzzy";
import { atFirst, found, type Choice } from "../src/domain/palette";
import { recent } from "../src/domain/recent";
import { nextKey, SHORTCUTS } from "../src/domain/shortcuts";
import { ago, incident, row } from "./make";

const score = (text: string, query: string) => scoreOf(text, typedWords(query));
const pathTo = (one: { id: number }) => `/monitors/${one.id}`;
const fixed: Choice[] = [
  { key: "settings", section: "pages", text: "Settings", to: "/settings" }, { key: "pause", section: "current", text: "Pause Shop" },
  { key: "dark", section: "actions", text: "Dark theme", also: "colour" },
];
const from = (rows = [row()]) => ({ fixed, rows, incidents: [incident()], pathTo, incidentChoice: (one: { id: number; title: string }): Choice => ({ key: `incident ${one.id}`, section: "incidents", text: one.title }) });

describe("what fits", () => {
  test.each([["checkout api", "chapi"], ["checkout api", "api"], ["payments webhook", "pw"], ["node 4999", "499"], ["shop eu", "eu shop"]])("%s is found by %s", (text, query) => expect(score(text, query)).not.toBeNull());
  test.each([["checkout", "x"], ["abc", "cab"], ["shop", "shop x"]])("%s is not found by %s", (text, query) => expect(score(text, query)).toBeNull());
  test("begins best, then begins a word, then stands inside, then is scattered", () => {
    const points = ["api gateway", "the api", "rapid", "a pi"].map((text) => score(text, "api") ?? -99);
    expect(points).toEqual([...points].sort((a, b) => b - a));
  });
});

describe("the palette", () => {
  test("offers trouble, places and actions at first", () => {
    const first = atFirst(fixed, [row({ id: 1 }), row({ id: 2, status: "degraded", name: "B" }), row({ id: 3, status: "down", name: "A" })], pathTo);
    expect(first.map((one) => one.key)).toEqual(["pause", "trouble 3", "trouble 2", "settings", "dark"]);
  });
  test("finds monitors, incidents, places and actions, the best section first", () => {
    expect(found("shop", from()).map((one) => one.section)).toEqual(["monitors", "incidents", "current"]);
    expect(found("colour", from()).map((one) => one.key)).toEqual(["dark"]);
    expect(found("zzz", from())).toEqual([]);
  });
  test("looks through five thousand monitors within a frame", () => {
    const many = Array.from({ length: 5000 }, (_, id) => row({ id, name: `Node ${id}`, slug: `node-${id}`, target: `https://node-${id}.example.com/health`, tags: [`rack-${id % 40}`] }));
    found("warm", from(many));
    // Of the processor, not of the clock: others may be busy too.
    const spent = ["node 49", "nd7", "rack-7 9", "xyz", "e"].map((query) => Math.min(...Array.from({ length: 8 }, () => {
      const started = process.cpuUsage();
      found(query, from(many));
      return process.cpuUsage(started).user / 1000;
    })));
    console.log(`looking through five thousand monitors took ${spent.map((ms) => ms.toFixed(1)).join(", ")} ms`);
    expect(Math.max(...spent)).toBeLessThan(10);
  });
});

test("keys of the list and of places", () => {
  expect([nextKey("", "j").action, nextKey("", "x").action, nextKey("", "Escape").action]).toEqual(["down", "select", "clear"]);
  expect([nextKey("g", "m").action, nextKey("g", "n").action]).toEqual(["monitors", "notifications"]);
});

test("every key that means something is in the help", () => {
  const shown = Object.values(SHORTCUTS).flat().map((one) => one.action);
  for (const key of ["?", "/", "n", "j", "k", "x", "e", "p", "Escape"]) expect(shown).toContain(nextKey("", key).action);
  for (const key of ["o", "m", "i", "n", "s"]) expect(shown).toContain(nextKey("g", key).action);
});

describe("one thing for many", () => {
  test("goes in portions", () => expect(portions([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]));
  test("refusals name whom they are about", () => {
    const slugs = new Map([["shop", 1], ["mail", 2]]);
    expect(refusals([{ path: "set.timeout", message: "is more than the interval (shop)" }, { path: "ids[1]", message: "names no monitor" }], [1, 9], slugs))
      .toEqual([{ id: 1, error: "timeout: is more than the interval" }, { id: 9, error: "names no monitor" }]);
  });
  test("a refusal that names nobody is about all", () => expect(refusals([{ path: "set.nonsense", message: "is not a field" }], [1, 2], new Map())).toEqual([{ id: 1, error: "nonsense: is not a field" }, { id: 2, error: "nonsense: is not a field" }]));
});

describe("what happened lately", () => {
  const change = { at: ago(100), id: 1, from: "up" as const, row: row({ status: "down" }) };
  test("an incident that is over happened twice", () => {
    const over = incident({ status: "resolved", started_at: ago(500), resolved_at: ago(200) });
    expect(recent([over], [], 9).map((one) => [one.status, one.ended])).toEqual([["up", 300], ["down", null]]);
  });
  test("a change that an incident tells of is not told twice", () => {
    expect(recent([incident({ started_at: ago(120) })], [change], 9)).toHaveLength(1);
    expect(recent([incident({ started_at: ago(5000) })], [change], 9)).toHaveLength(2);
  });
  test("what people do is always told", () => {
    const paused = { ...change, row: row({ status: "paused" }) };
    expect(recent([incident({ started_at: ago(120) })], [paused], 9).map((one) => one.status)).toEqual(["paused", "down"]);
  });
  test("only the newest are kept", () => expect(recent([], Array.from({ length: 20 }, (_, n) => ({ ...change, id: n, at: ago(n) })), 3).map((one) => one.monitors)).toEqual([[0], [1], [2]]));
});
