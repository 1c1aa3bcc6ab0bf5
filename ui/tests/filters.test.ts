import { describe, expect, test } from "vitest";
import { byName, narrowed, NO_FILTERS, readFilters, select, tally, writeFilters } from "../src/domain/filters";
import { row } from "./make";

const rows = [
  row({ id: 1, name: "Backup", type: "heartbeat", status: "late", tags: ["night"], target: "" }),
  row({ id: 2, name: "Checkout", status: "down", tags: ["shop", "eu"] }),
  row({ id: 3, name: "Database", type: "tcp", target: "db.internal:5432" }),
  row({ id: 4, name: "Printer", status: "unknown" }),
];
const ids = (change: object) => select(rows, { ...NO_FILTERS, ...change }).map((one) => one.id);

describe("the list", () => {
  test("shows the most urgent first, by name within a state", () => expect(ids({})).toEqual([2, 1, 4, 3]));
  test.each([
    [{ status: "problems" }, [2, 1]], [{ status: "down" }, [2]], [{ type: "tcp" }, [3]], [{ tag: "eu" }, [2]], [{ q: "internal" }, [3]],
    [{ q: "EU check" }, [2]], [{ q: "nothing" }, []], [{ status: "problems", type: "heartbeat" }, [1]],
  ])("%j leaves %j", (change, left) => expect(ids(change)).toEqual(left));
});

test("filters and address say the same", () => {
  const filters = { status: "problems", type: "http", tag: "a b", q: "x & y" };
  expect(readFilters(writeFilters(new URLSearchParams("add=1"), filters))).toEqual(filters);
  expect(writeFilters(new URLSearchParams("add=1&q=x"), NO_FILTERS).toString()).toBe("add=1");
  expect(narrowed(NO_FILTERS)).toBe(false);
  expect(narrowed({ ...NO_FILTERS, tag: "x" })).toBe(true);
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
