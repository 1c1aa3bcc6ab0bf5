/** The time of the page: ticks once a second while somebody looks, so that relative times stay true. */
import { signal } from "@preact/signals";

/** Now, in milliseconds; read it in a component to be drawn again as time passes. */
export const now = signal(Date.now());

/** Starts the clock. */
export function startClock(): void {
  const tick = () => {
    if (document.visibilityState === "visible") now.value = Date.now();
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
