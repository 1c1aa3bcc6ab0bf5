/** Every call to the server that the dashboard makes, one typed line each. */
import { call, callIfChanged, callText } from "./http";
import type { Probe, Region } from "./probes";
import type { Badge, Change, Channel, CheckResult, Day, Explained, Health, Incident, IncidentWithEvents, Monitor, NewMonitor, Overview, Page, Ping, SeriesAnswer, Sighting, Span, Sparklines, Suggestion, Uptime } from "./types";

type Listed<T> = { data: readonly T[] };
type Ref = number | string;
type Query = Record<string, string | number | readonly string[] | undefined>;

export const getOverview = (etag: string | null) => callIfChanged<Overview>("/overview", etag);
export const getProbes = () => call<Page<Probe>>("GET", "/probes?limit=500");
export const getRegions = () => call<Listed<Region>>("GET", "/regions");
export const getSparklines = (ids: readonly number[]) => call<Sparklines>("GET", `/sparklines?ids=${ids.join(",")}`);

export const getMonitor = (ref: Ref) => call<Monitor>("GET", `/monitors/${ref}`);
export const getPings = (ref: Ref, query: Query) => call<Page<Ping>>("GET", `/monitors/${ref}/pings${search(query)}`);
export const getOutput = (ref: Ref, ping: number) => callText(`/monitors/${ref}/pings/${ping}/body`);
export const getResults = (ref: Ref, query: Query) => call<Page<CheckResult>>("GET", `/monitors/${ref}/results${search(query)}`);
export const getSeries = (ref: Ref, query: Query) => call<SeriesAnswer>("GET", `/monitors/${ref}/series${search(query)}`);
export const getSpans = (ref: Ref, query: Query) => call<Listed<Span>>("GET", `/monitors/${ref}/spans${search(query)}`);
export const getDays = (ref: Ref, query: Query) => call<Listed<Day> & { zone: string }>("GET", `/monitors/${ref}/days${search(query)}`);
export const getChanges = (ref: Ref, query: Query) => call<Listed<Change>>("GET", `/monitors/${ref}/changes${search(query)}`);
export const getBadges = (ref: Ref) => call<Listed<Badge>>("GET", `/monitors/${ref}/badges`);
export const getSuggestion = (ref: Ref) => call<Suggestion>("GET", `/monitors/${ref}/heartbeat/suggestion`);
export const rotateToken = (ref: Ref) => call<Monitor>("POST", `/monitors/${ref}/heartbeat/rotate`);
export const changeMonitor = (ref: Ref, fields: object) => call<Monitor>("PATCH", `/monitors/${ref}`, fields);
export const getUptime = (ref: Ref, query: Query) => call<Uptime>("GET", `/monitors/${ref}/uptime${search(query)}`);
export const createMonitor = (monitor: NewMonitor) => call<Monitor>("POST", "/monitors", monitor);
export const deleteMonitor = (ref: Ref) => call<null>("DELETE", `/monitors/${ref}`);
export const pauseMonitor = (ref: Ref) => call<Monitor>("POST", `/monitors/${ref}/pause`);
export const resumeMonitor = (ref: Ref) => call<Monitor>("POST", `/monitors/${ref}/resume`);
export const checkNow = (ref: Ref) => call<CheckResult>("POST", `/monitors/${ref}/check-now`);
export const tryCheck = (monitor: NewMonitor) => call<CheckResult>("POST", "/checks", monitor);

export const getIncidents = (query: Query) => call<Page<Incident>>("GET", `/incidents${search(query)}`);
export const getIncident = (id: Ref) => call<IncidentWithEvents>("GET", `/incidents/${id}`);
export const getEvidence = (id: Ref) => call<Listed<Sighting>>("GET", `/incidents/${id}/evidence`);
export const getExplanation = (id: Ref) => call<Listed<Explained>>("GET", `/incidents/${id}/explain`);
export const acknowledge = (id: Ref, note: string) => call<Incident>("POST", `/incidents/${id}/ack`, { note });
export const addNote = (id: Ref, note: string) => call<Incident>("POST", `/incidents/${id}/note`, { note });
export const resolveIncident = (id: Ref, note: string) => call<Incident>("POST", `/incidents/${id}/resolve`, { note });
export const snoozeIncident = (id: Ref, until: string) => call<Incident>("POST", `/incidents/${id}/snooze`, { until });

export const getChannels = () => call<Page<Channel>>("GET", "/channels?limit=500");
export const retryNotification = (id: number) => call<unknown>("POST", `/notifications/${id}/retry`);

export const getHealth = () => call<Health>("GET", "/health");

/** A query string with its question mark; lists repeat their name, undefined is left out. */
export function search(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) params.append(name, String(one));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
