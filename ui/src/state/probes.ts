/** When something about probes was told last: what shows them looks again. */
import { signal } from "@preact/signals";

/** Grows with each event about a probe. */
export const probeNews = signal(0);
