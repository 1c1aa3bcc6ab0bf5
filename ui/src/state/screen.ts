/** How wide the screen is; the same widths as in the style. */
import { signal, type Signal } from "@preact/signals";

/** True up to 720 px: a phone. */
export const narrow = watched("(max-width: 720px)");
/** True from 1600 px on: there is room for more columns. */
export const wide = watched("(min-width: 1600px)");

function watched(query: string): Signal<boolean> {
  const found = matchMedia(query);
  const state = signal(found.matches);
  found.addEventListener("change", () => (state.value = found.matches));
  return state;
}
