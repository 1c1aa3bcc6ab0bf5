/** The probes and regions that there are, as they were told of last; `places.ts` keeps them true. */
import { computed, signal } from "@preact/signals";
import type { Probe, Region } from "../api/probes";

/** Grows with each event about a probe. */
export const probeNews = signal(0);
/** Every probe; none for those who are limited to some tags. */
export const probes = signal<readonly Probe[]>([]);
/** Every region; none until they were asked for. */
export const regions = signal<readonly Region[]>([]);
/** The probes that were there and are gone, or cannot see. */
export const missing = computed(() => probes.value.filter((one) => one.last_seen_at !== null && (!one.online || one.blind !== null)));
