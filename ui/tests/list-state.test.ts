/** What the list of monitors keeps: which rows are ticked, which are about to go, and what changed before one's eyes. */
import { beforeEach, describe, expect, test } from "vitest";
import { applyDelta, changes, clearRows, counts, dropRows, leavingIds, rows, sorted } from "../src/state/monitors";
import { pick, pickOnly, selection } from "../src/state/selection";
import { dismiss, toast, toasts } from "../src/state/toasts";
import { row } from "./make";

const order = [1, 2, 3, 4, 5];
const picked = () => [...selection.value].sort();

describe("ticking", () => {
  beforeEach(() => pickOnly([]));
  test("one is ticked, and unticked", () => {
    pick(2, { order });
    expect(picked()).toEqual([2]);
    pick(2, { order });
    expect(picked()).toEqual([]);
  });
  test("a range goes from the last one to this, in either direction", () => {
    pick(4, { order });
    pick(2, { range: true, order });
    expect(picked()).toEqual([2, 3, 4]);
  });
  test("a range from an unticked one unticks", () => {
    pickOnly(order);
    pick(1, { order });
    pick(3, { range: true, order });
    expect(picked()).toEqual([4, 5]);
  });
  test("a range whose beginning is out of sight is one row", () => {
    pick(9, { order: [9] });
    pick(3, { range: true, order });
    expect(picked()).toEqual([3, 9]);
  });
});

describe("rows", () => {
  const settled = () => new Promise((done) => setTimeout(done, 150));
  beforeEach(() => {
    clearRows();
    rows.value = new Map([row({ id: 1, name: "B" }), row({ id: 2, name: "A", status: "down" })].map((one) => [one.id, one]));
  });
  test("that are about to be deleted are neither shown nor counted, and come back", () => {
    leavingIds.value = new Set([2]);
    expect([sorted.value.map((one) => one.id), counts.value]).toEqual([[1], { up: 1 }]);
    leavingIds.value = new Set();
    expect(sorted.value.map((one) => one.id)).toEqual([2, 1]);
  });
  test("that were deleted are gone at once", () => {
    dropRows([1]);
    expect(sorted.value.map((one) => one.id)).toEqual([2]);
  });
  test("keep their identity when others change, and changes of state are noted", async () => {
    const untouched = rows.value?.get(1);
    applyDelta({ id: 2, last_ms: 5 });
    applyDelta({ id: 2, status: "up", since: "2026-11-20T18:00:00Z" });
    await settled();
    expect(rows.value?.get(1)).toBe(untouched);
    expect(changes.value.map((one) => [one.id, one.from, one.row.status, one.at])).toEqual([[2, "down", "up", "2026-11-20T18:00:00Z"]]);
    applyDelta({ id: 1, last_ms: 7 });
    await settled();
    expect(changes.value).toHaveLength(1);
  });
});

test("messages with progress stay until they are taken away, and only a few are shown", () => {
  const ids = ["a", "b", "c", "d"].map((text) => toast(text));
  expect(toasts.value.map((one) => one.text)).toEqual(["b", "c", "d"]);
  ids.forEach(dismiss);
  expect(toasts.value).toEqual([]);
});
