/** Counts how many messages were given up on lately: somebody was not told. */
import { effect } from "@preact/signals";
import { search } from "../api/calls";
import { call } from "../api/http";
import type { Page } from "../api/types";
import { undelivered } from "./badges";
import { signedIn } from "./session";

const EVERY_MS = 120_000;
const LATELY_MS = 86_400_000;

/** Asks now and then, while somebody looks. */
export function startUndelivered(): void {
  const ask = () => {
    if (signedIn.peek() && document.visibilityState === "visible") void look();
  };
  setInterval(ask, EVERY_MS);
  effect(() => {
    if (signedIn.value) setTimeout(ask, 2_000);
    else undelivered.value = 0;
  });
}

async function look(): Promise<void> {
  try {
    const page = await call<Page<{ created_at: string }>>("GET", `/notifications${search({ status: "dead", limit: 99 })}`);
    const oldest = Date.now() - LATELY_MS;
    undelivered.value = page.data.filter((one) => Date.parse(one.created_at) > oldest).length;
  } catch {
    // A badge is no reason to disturb anybody; the next look asks again.
  }
}
