import { describe, expect, test } from "vitest";
import { SHORTEST, strength } from "../src/domain/strength";

describe("how hard a password is to guess", () => {
  test.each(["", "short", "x".repeat(SHORTEST - 1), "Ab1!Ab1!A"])("%j is too short, whatever is in it", (password) => expect(strength(password)).toEqual({ score: 0, advice: "short" }));

  test.each([
    ["password123", "common"], ["P4ssw0rd!2026", "common"], ["adminadminadmin", "common"], ["aaaaaaaaaaaa", "pattern"], ["qwertyuiopas", "pattern"], ["12345678901", "pattern"], ["abcdefghijkl", "pattern"],
  ])("%s is guessed at once, and why is told", (password, advice) => {
    expect(strength(password).score).toBeLessThanOrEqual(1);
    expect(strength(password).advice).toBe(advice);
  });

  test("one's own name is worth nothing", () => {
    expect(strength("margarethe1", "Margarethe").score).toBeLessThan(strength("margarethe1", "Someone").score);
    expect(strength("margarethe1", "Margarethe").advice).toBe("name");
  });

  test.each(["correct horse battery staple", "zT8#kq-Lw2.vRp9", "die Katze trank gestern Tee"])("%s is strong, and nothing is left to advise", (password) => expect(strength(password)).toEqual({ score: 4, advice: "none" }));

  test("more of the same kind never makes it weaker", () => {
    const text = "kufpwjxtdmqzbhrlyvcs";
    const scores = Array.from({ length: text.length - SHORTEST + 1 }, (_, more) => strength(text.slice(0, SHORTEST + more)).score);
    expect(scores).toEqual([...scores].sort());
  });

  test("a letter that grows when it is made small ends the search for words as well", () => expect(strength(`${"İ".repeat(20)}password`).score).toBeGreaterThan(0));
  test("a character outside of ASCII is one character", () => expect(strength("🐈".repeat(SHORTEST - 1)).advice).toBe("short"));
});
