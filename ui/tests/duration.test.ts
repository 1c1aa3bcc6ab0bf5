/** Durations in the languages whose units are written otherwise. */
import { expect, test, vi } from "vitest";
import { zh } from "../src/words/zh";
import { de } from "../src/words/de";

test.each([["zh-Hans", zh, "1 天 1 小时 1 分钟 1 秒"], ["de", de, "1 d 1 h 1 min 1 s"]] as const)("in %s they are written with its units, and read with those and with the English ones", async (tag, texts, written) => {
  vi.resetModules();
  (await import("../src/words/catalogue")).speak(tag, texts);
  const { parseDuration, writeDuration } = await import("../src/domain/duration");
  expect(writeDuration(90_061)).toBe(written);
  expect([written, "1d 1h 1m 1s", written.replace(/ /g, "")].map(parseDuration)).toEqual([90_061, 90_061, 90_061]);
  expect(writeDuration(0)).toBe(written.replace(/^.* 1/, "0"));
});
