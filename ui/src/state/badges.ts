/** What the entries of the bar count beside monitors and incidents. */
import { signal } from "@preact/signals";

/** The number of messages of the last 24 hours that could not be delivered. */
export const undelivered = signal(0);
