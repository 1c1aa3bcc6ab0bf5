/** The last incidents of any state, for what happened lately; asked for while a page shows them. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getIncidents } from "../api/calls";
import type { Incident } from "../api/types";
import { incidentNews } from "./incidents";

const MOST = 12;
const SPACING_MS = 1_500;

/** The last incidents, newest first; null until they were loaded for the first time. */
export const past = signal<readonly Incident[] | null>(null);

/** Keeps them true for as long as the component is drawn. */
export function usePast(): readonly Incident[] | null {
  const news = incidentNews.value;
  useEffect(() => {
    // A storm of incidents is one question, not one for each.
    const timer = setTimeout(() => void load(), past.peek() === null ? 0 : SPACING_MS);
    return () => clearTimeout(timer);
  }, [news]);
  return past.value;
}

async function load(): Promise<void> {
  try {
    past.value = (await getIncidents({ limit: MOST })).data;
  } catch {
    // What is known stays; the next news asks again, and the page tells of a lost line by itself.
  }
}
