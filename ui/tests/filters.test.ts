import { describe, expect, test } from "vitest";
import { byName, narrowed, toggled, NO_FILTERS, readFilters, select, tally, writeFilters } from "../src/domain/filters";
import { row } from "./make";

const rows = [
  row({ id: 1, name: "Backup", type: "heartbeat", status: "late", tags: ["night"], target: "" }),
  row({ id: 2, name: "Checkout", status: "down", tags: ["shop", "eu"], group: "Shop" }),
  row({ id: 3, name: "Database", type: "tcp", target: "db.internal:5432" }),
  row({ id: 4, name: "Printer", status: "unknown" }),
];
const ids = (change: object) => select(rows, { ...NO_FILTERS, ...change }).map((one) => one.id);

describe("the list", () => {
  test("shows the most urgent first, by name within a state", () => expect(ids({})).toEqual([2, 1, 4, 3]));
  test.each([
    [{ status: "problems" }, [2, 1]], [{ status: "down" }, [2]], [{ types: ["tcp"] }, [3]], [{ types: ["tcp", "heartbeat"] }, [1, 3]], [{ tags: ["eu"] }, [2]], [{ tags: ["eu", "night"] }, []], [{ groups: ["Shop"] }, [2]], [{ groups: [""] }, [1, 4, 3]], [{ q: "internal" }, [3]],
    [{ q: "EU check" }, [2]], [{ q: "nothing" }, []], [{ status: "problems", types: ["heartbeat"] }, [1]],
  ])("%j leaves %j", (change, left) => expect(ids(change)).toEqual(left));
});

test("filters and address say the same", () => {
  const filters = { status: "problems", types: ["http", "tcp"], tags: ["a b"], groups: [""], q: "x & y", sort: "uptime" as const };
  expect(readFilters(writeFilters(new URLSearchParams("add=1"), filters))).toEqual(filters);
  expect(writeFilters(new URLSearchParams("add=1&q=x"), NO_FILTERS).toString()).toBe("add=1");
  expect(narrowed(NO_FILTERS)).toBe(false);
  expect(narrowed({ ...NO_FILTERS, tags: ["x"] })).toBe(true);
});

test("an order alone narrows nothing, and the usual one is not in the address", () => {
  expect(narrowed({ ...NO_FILTERS, sort: "name" })).toBe(false);
  expect(writeFilters(new URLSearchParams("sort=name"), { sort: "urgency" }).toString()).toBe("");
  expect(readFilters(new URLSearchParams("sort=nonsense")).sort).toBe("urgency");
});

test("a value is put in, and taken out again", () => expect([toggled(["a"], "b"), toggled(["a", "b"], "a")]).toEqual([["a", "b"], ["b"]]));

describe("the order", () => {
  const some = [
    row({ id: 1, uptime_24h_ratio: 1, last_ms: 80, since: "2026-11-20T10:00:00Z" }), row({ id: 2, uptime_24h_ratio: null, last_ms: null, since: null }),
    row({ id: 3, uptime_24h_ratio: 0.9, last_ms: 10, since: "2026-11-20T12:00:00Z" }), row({ id: 4, uptime_24h_ratio: 1, last_ms: 900, since: "2026-11-19T12:00:00Z" }),
  ];
  test.each([["name", [1, 2, 3, 4]], ["uptime", [3, 1, 4, 2]], ["latency", [4, 1, 3, 2]], ["change", [3, 1, 4, 2]]] as const)("by %s is %j", (sort, order) => {
    expect(select(some, { ...NO_FILTERS, sort }).map((one) => one.id)).toEqual(order);
  });
});

test("values are counted, the most frequent first", () => expect(tally(["b", "a", "b", "c", "a"])).toEqual([["a", 2], ["b", 2], ["c", 1]]));

test("numbers in names sort as numbers", () => {
  const names = ["Node 10", "node 2", "Alpha"].map((name, id) => ({ name, id }));
  expect(names.sort(byName).map((one) => one.name)).toEqual(["Alpha", "node 2", "Node 10"]);
});

test("five thousand rows are filtered within a frame or two", () => {
  const many = Array.from({ length: 5000 }, (_, id) => row({ id, name: `Node ${id}`, tags: [`rack-${id % 40}`] }));
  const best = Math.min(...[1, 2, 3, 4, 5].map(() => {
    const started = performance.now();
    expect(select(many, { ...NO_FILTERS, q: "node 49" }).length).toBeGreaterThan(100);
    return performance.now() - started;
  }));
  expect(best).toBeLessThan(60);
});
