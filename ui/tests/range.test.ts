/** The range of a chart: read from the address, zoomed, moved, drawn out. */
import { describe, expect, test } from "vitest";
import { drawnOut, panned, RANGES, readRange, usualRange, writeRange, zoomed } from "../src/domain/range";
import { NOW } from "./make";

const HOUR = 3_600_000;
const of = (text: string) => new URLSearchParams(text);

describe("the address", () => {
  test("without a range means a day until now", () => expect(readRange(of(""), NOW)).toEqual({ name: "24h", from: NOW - 24 * HOUR, to: NOW }));
  test("names a range", () => expect(readRange(of("range=7d"), NOW)).toMatchObject({ name: "7d", to: NOW }));
  test.each(["range=3w", "from=x&to=y", "from=2026-11-20T10:00:00Z", "from=2026-11-20T10:00:00Z&to=2026-11-20T09:00:00Z", "from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z", "range=toString"])(
    "%s is no range", (text) => expect(readRange(of(text), NOW).name).toBe("24h"));
  test("holds what was zoomed to, in whole seconds, and the rest of itself", () => {
    const query = writeRange(of("tab=x&range=7d"), { from: NOW - HOUR - 0.4, to: NOW - 0.4 });
    expect(query.toString()).toBe("tab=x&from=2026-11-20T17%3A44%3A59Z&to=2026-11-20T18%3A45%3A00Z");
    expect(readRange(query, NOW)).toMatchObject({ name: null, to: NOW });
  });
  test("leaves out what is usual", () => {
    expect(writeRange(of("range=7d&from=x"), "24h").toString()).toBe("");
    expect(writeRange(of(""), "24h", "7d").toString()).toBe("range=24h");
  });
  test.each([[30, "24h"], [3600, "7d"], [86_400, "90d"]])("a check every %s s is shown over %s", (interval, name) => expect(usualRange(interval)).toBe(name));
});

describe("zooming", () => {
  const day = readRange(of(""), NOW);
  test("keeps to the present while the range ends there", () => expect(zoomed(day, 0.5, NOW)).toEqual({ from: NOW - 12 * HOUR, to: NOW }));
  test("keeps the middle of what is past", () => {
    const past = { name: null, from: NOW - 20 * HOUR, to: NOW - 10 * HOUR };
    expect(zoomed(past, 0.5, NOW)).toEqual({ from: NOW - 17.5 * HOUR, to: NOW - 12.5 * HOUR });
    expect(zoomed(past, 4, NOW)).toEqual({ from: NOW - 40 * HOUR, to: NOW });
  });
  test("ends at five minutes and at a year and a bit", () => {
    let range: { from: number; to: number } = day;
    for (let n = 0; n < 20; n += 1) range = zoomed({ name: null, ...range }, 0.5, NOW);
    expect(range.to - range.from).toBe(5 * 60_000);
    for (let n = 0; n < 40; n += 1) range = zoomed({ name: null, ...range }, 2, NOW);
    expect(range.to - range.from).toBe(400 * 24 * HOUR);
  });
  test("moves by a share, not past the present", () => {
    expect(panned(day, -0.25, NOW)).toEqual({ from: NOW - 30 * HOUR, to: NOW - 6 * HOUR });
    expect(panned(day, 0.5, NOW)).toEqual({ from: day.from, to: NOW });
  });
  test("by drawing works both ways and keeps to five minutes", () => {
    expect(drawnOut(NOW, NOW - HOUR)).toEqual({ from: NOW - HOUR, to: NOW });
    expect(drawnOut(NOW - 60_000, NOW)).toEqual({ from: NOW - 180_000, to: NOW + 120_000 });
  });
  test("every named range is longer than the one before", () => {
    const lengths = Object.values(RANGES);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });
});
