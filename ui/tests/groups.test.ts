/** Monitors summed up: the worst first, and what the worst of them says. */
import { describe, expect, test } from "vitest";
import { dimensionOf, groupsOf, notable, worstOf, worstStrip } from "../src/domain/groups";
import { grouped, linesOf } from "../src/pages/monitors/lines";
import { NO_FILTERS } from "../src/domain/filters";
import { row } from "./make";

const rows = [
  row({ id: 1, group: "Shop", status: "up", uptime_24h_ratio: 1 }), row({ id: 2, group: "Shop", status: "down", uptime_24h_ratio: 0.5 }),
  row({ id: 3, group: "Mail", status: "degraded" }), row({ id: 4, group: null, status: "down" }),
  row({ id: 5, group: "Attic", status: "paused", uptime_24h_ratio: null }), row({ id: 6, group: "Base", status: "up" }),
];

describe("groups", () => {
  test("come the worst first, what belongs nowhere last", () => expect(groupsOf(rows).map((one) => one.key)).toEqual(["Shop", "Mail", "Base", "Attic", ""]));
  test("come by name when that is wanted", () => expect(groupsOf(rows, "group", "name").map((one) => one.key)).toEqual(["Attic", "Base", "Mail", "Shop", ""]));
  test("say how many are in trouble, and the mean of what is known", () => {
    const [shop] = groupsOf(rows);
    expect([shop?.problems, shop?.uptime, shop?.worst]).toEqual([1, 0.75, "down"]);
    expect(groupsOf(rows)[3]?.uptime).toBeNull();
  });
  test("of tags count a monitor in each of its tags", () => {
    const tagged = [row({ id: 1, tags: ["a", "b"] }), row({ id: 2, tags: [] })];
    expect(groupsOf(tagged, "tag").map((one) => [one.key, one.rows.length])).toEqual([["a", 1], ["b", 1], ["", 1]]);
  });
});

test("monitors are summed up by what most of them have", () => {
  expect(dimensionOf(rows)).toBe("group");
  expect(dimensionOf([row({ tags: ["x"] }), row({ tags: ["y"] })])).toBe("tag");
  expect(dimensionOf([row(), row({ type: "dns" })])).toBe("type");
});

test("the worst member speaks, resting ones only when all rest", () => {
  expect(worstOf([row({ status: "paused" }), row({ status: "up" })])).toBe("up");
  expect(worstOf([row({ status: "paused" }), row({ status: "maintenance" })])).toBe("maintenance");
  expect(notable(rows)).toEqual([["down", 2], ["degraded", 1], ["paused", 1]]);
});

test("the strip of a group shows the worst of each moment, and rest does not hide work", () => {
  expect(worstStrip(["uuuu.", "ugdk.", "pp..."])).toBe("ugdk.");
  expect(worstStrip([])).toBe("");
});

test("one failure of a hundred does not paint them all, three do", () => {
  const strips = (down: number) => Array.from({ length: 100 }, (_, n) => (n < down ? "ud" : "uu"));
  expect([worstStrip(strips(1)), worstStrip(strips(3))]).toEqual(["uu", "ud"]);
});

describe("the lines of the list", () => {
  const lines = (folds: Record<string, boolean>, q = "") => linesOf(rows, { filters: { ...NO_FILTERS, q }, inGroups: true, folds }).map((line) => (line.kind === "row" ? line.row.id : `${line.group.key}${line.folded ? "+" : ""}`));
  test("stand below the heads of their groups", () => expect(lines({})).toEqual(["Shop", 1, 2, "Mail", 3, "Base", 6, "Attic", 5, "", 4]));
  test("are hidden in a fold, but not from a search", () => {
    expect(lines({ Shop: true, "": true })).toEqual(["Shop+", "Mail", 3, "Base", 6, "Attic", 5, "+"]);
    expect(lines({ Shop: true }, "x")).toContain(1);
  });
  test("are in groups when there are any, unless the order or the address says otherwise", () => {
    expect(grouped(rows, NO_FILTERS, null)).toBe(true);
    expect(grouped(rows, { ...NO_FILTERS, sort: "latency" }, null)).toBe(false);
    expect(grouped(rows, NO_FILTERS, "none")).toBe(false);
    expect(grouped([row()], NO_FILTERS, null)).toBe(false);
    expect(grouped(rows, { ...NO_FILTERS, sort: "latency" }, "group")).toBe(true);
  });
  test("of many calm groups begin folded, troubled ones open", () => {
    const many = Array.from({ length: 80 }, (_, id) => row({ id, group: id < 40 ? "Calm" : "Wild", status: id === 50 ? "down" : "up" }));
    const heads = linesOf(many, { filters: NO_FILTERS, inGroups: true, folds: {} }).flatMap((line) => (line.kind === "group" ? [[line.group.key, line.folded]] : []));
    expect(heads).toEqual([["Wild", false], ["Calm", true]]);
  });
});
