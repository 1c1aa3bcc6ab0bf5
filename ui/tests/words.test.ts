/** The catalogue of words: places, plural forms, and languages that lack something. */
import { afterEach, expect, test } from "vitest";
import { speak, words } from "../src/words/catalogue";

const english = {
  plain: "Save",
  told: "{name} was told after {time}",
  fine: { one: "Your monitor is fine", other: "All {n} are fine" },
  deep: { er: "inside" },
} as const;

afterEach(() => speak("en", {}));

test("a text without places stays a text, one with places becomes a function of them", () => {
  const w = words("w", english);
  expect(w.plain).toBe("Save");
  expect(w.told("Ann", "3 s")).toBe("Ann was told after 3 s");
  expect(w.deep.er).toBe("inside");
});

test("the first place chooses the plural form", () => {
  const w = words("w", english);
  expect(w.fine(1)).toBe("Your monitor is fine");
  expect(w.fine(3)).toBe("All 3 are fine");
});

test("a language may turn the places around, and what it lacks stays English", () => {
  speak("de", { w: { told: "Nach {time} erfuhr es {name}", fine: { one: "Alles gut", other: "Alle {n} gut" } } });
  const w = words("w", english);
  expect(w.told("Ann", "3 s")).toBe("Nach 3 s erfuhr es Ann");
  expect(w.fine(2)).toBe("Alle 2 gut");
  expect(w.plain).toBe("Save");
});

test("what stands in a place is not read as a place", () => {
  expect(words("w", english).told("{time}", "{name}")).toBe("{time} was told after {name}");
});
