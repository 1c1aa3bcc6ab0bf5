/** The active incidents: open and acknowledged ones, newest first. */
import { signal } from "@preact/signals";
import { getIncidents } from "../api/calls";
import { asProblem, type Problem } from "../api/problem";
import type { Incident } from "../api/types";

/** The active incidents; null until they were loaded for the first time. */
export const incidents = signal<readonly Incident[] | null>(null);
/** Why the last attempt to load them failed; null when it did not. */
export const incidentsProblem = signal<Problem | null>(null);
/** Counts the news about incidents, so that pages which show one know when to ask again. */
export const incidentNews = signal(0);

let loading: Promise<void> | null = null;
let again = false;

/** Loads the active incidents; calls that come meanwhile share one more request. */
export function loadIncidents(): Promise<void> {
  if (loading) again = true;
  loading ??= fetchIncidents().finally(() => {
    loading = null;
    if (!again) return;
    again = false;
    void loadIncidents();
  });
  return loading;
}

/** Takes news from the stream: a whole incident is put in place, and the list is asked for to be sure. */
export function applyIncident(news: Partial<Incident>): void {
  const known = incidents.peek();
  if (known !== null && isWhole(news)) incidents.value = place(known, news);
  incidentNews.value += 1;
  void loadIncidents();
}

/** Forgets everything, when the session ends. */
export function clearIncidents(): void {
  incidents.value = null;
  incidentsProblem.value = null;
}

/** The active list with one incident put in, replaced or, when it is resolved, taken out. */
export function place(known: readonly Incident[], news: Incident): readonly Incident[] {
  const others = known.filter((incident) => incident.id !== news.id);
  if (news.status === "resolved") return others;
  return [...others, news].sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
}

async function fetchIncidents(): Promise<void> {
  try {
    const page = await getIncidents({ status: ["open", "acknowledged"], limit: 200 });
    incidents.value = page.data;
    incidentsProblem.value = null;
  } catch (thrown) {
    incidentsProblem.value = asProblem(thrown);
  }
}

function isWhole(news: Partial<Incident>): news is Incident {
  return typeof news.id === "number" && Array.isArray(news.monitor_ids) && news.status !== undefined && news.started_at !== undefined && news.title !== undefined;
}
