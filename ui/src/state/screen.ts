/** Whether the screen is a phone's; the same width as in the style. */
import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 720px)");

/** True up to 720 px. */
export const narrow = signal(query.matches);
query.addEventListener("change", () => (narrow.value = query.matches));
