import { expect, test } from "vitest";
import { cells, stretches } from "../src/domain/strip";

test("each letter of the contract has a look of its own, so that colour never speaks alone", () => {
  const looks = cells("ugdmpkn.").map((cell) => `${cell.tone} ${cell.height} ${cell.hatched}`);
  expect(new Set(looks).size).toBe(looks.length);
  const shapes = cells("ugdmpn.").map((cell) => `${cell.height} ${cell.hatched}`);
  expect(new Set(shapes).size).toBe(shapes.length);
});

test("late looks like degraded", () => expect({ ...cells("l")[0], status: null }).toEqual({ ...cells("g")[0], status: null }));

test("a letter of a newer server counts as no data", () => expect(cells("z")[0]?.status).toBeNull());

test("stretches cover the whole strip without a gap", () => {
  const found = stretches("u".repeat(30) + "d".repeat(10) + "u".repeat(20));
  expect(found.map((one) => one.status)).toEqual(["up", "down", "up"]);
  expect(found[0]?.fromAgo).toBe(86_400);
  expect(found.at(-1)?.toAgo).toBe(0);
  found.slice(1).forEach((one, index) => expect(one.fromAgo).toBe(found[index]?.toAgo));
});
