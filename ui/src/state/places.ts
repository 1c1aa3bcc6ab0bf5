/** Keeps true what is known of probes and regions, for the overview, the bar and the forms. */
import { computed, effect } from "@preact/signals";
import { getProbes, getRegions } from "../api/calls";
import { LOCAL } from "../domain/sentences";
import { incidentNews } from "./incidents";
import { sorted } from "./monitors";
import { probeNews, probes, regions } from "./probes";
import { limited, signedIn } from "./session";

const EVERY_MS = 30_000;
const SPACING_MS = 1_500;

/** What is up and has something to say fails from somewhere, most likely. */
const divided = computed(() => sorted.value.filter((row) => row.status === "up" && row.message).length);

let timer: ReturnType<typeof setTimeout> | undefined;
let askedAt = 0;

/** Asks when something has happened, and now and then while somebody looks. */
export function startPlaces(): void {
  effect(() => {
    void [probeNews.value, incidentNews.value, divided.value, limited.value];
    if (signedIn.value) soon();
    else probes.value = regions.value = [];
  });
  setInterval(() => regions.peek().some((one) => one.region !== LOCAL) && document.visibilityState === "visible" && soon(), EVERY_MS);
}

function soon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    askedAt = Date.now();
    if (signedIn.peek()) void look();
  }, Math.max(0, askedAt + SPACING_MS - Date.now()));
}

async function look(): Promise<void> {
  try {
    const places = (await getRegions()).data;
    const elsewhere = places.some((one) => one.region !== LOCAL);
    probes.value = elsewhere && !limited.peek() ? (await getProbes()).data : [];
    regions.value = places;
  } catch {
    // What is known stays; the next look asks again.
  }
}
