/** On a phone, boxes to tick stand before the rows only while somebody chooses. */
import { signal } from "@preact/signals";

export const choosing = signal(false);
