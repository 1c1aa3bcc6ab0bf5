// @vitest-environment happy-dom
/** Keys of a page: they work with what is drawn, and end with it. */
import { render } from "preact";
import { afterEach, expect, test } from "vitest";
import { startKeyboard, usePageKeys } from "../src/state/keyboard";

let pressed = 0;
afterEach(() => render(null, document.body));
startKeyboard();

function Page() {
  usePageKeys({ down: () => (pressed += 1) });
  return <p>a list</p>;
}

function press(key: string): void {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}

test("a key that is pressed before the next frame counts", () => {
  pressed = 0;
  render(<Page />, document.body);
  press("j");
  expect(pressed).toBe(1);
  render(null, document.body);
  press("j");
  expect(pressed).toBe(1);
});
