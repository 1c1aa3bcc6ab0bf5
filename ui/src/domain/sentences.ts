/** Sentences about the state of the world, made from rows and incidents. */
import type { CheckResult, Incident, OverviewRow, Status } from "../api/types";
import { reasonText, t } from "../words";
import { clock, latency, listed, roughly, secondsSince } from "./format";
import { needing } from "./status";
import { CELL_SECONDS, stretches } from "./strip";

type Counts = Partial<Record<Status, number>>;

/** The title of the overview, and how many things it counts for the tab and the icon. */
export interface Headline {
  title: string;
  summary: string;
  problems: number;
}

/** What the world looks like, in a title and one more sentence. */
export function headline(rows: readonly OverviewRow[], counts: Counts, incidents: readonly Incident[]): Headline {
  const need = needing(rows, incidents);
  const problems = need.incidents.length + need.rows.length;
  const inHand = incidents.filter((incident) => incident.status === "acknowledged").length;
  return { title: titleFor(rows.length, counts, problems, inHand), summary: summary(rows.length, counts), problems };
}

function titleFor(all: number, counts: Counts, problems: number, inHand: number): string {
  const unknown = counts.unknown ?? 0;
  const pending = counts.pending ?? 0;
  const fine = fineOf(counts);
  if (problems > 0) return t.title.need(problems);
  if (all === 0) return t.title.nothing;
  if (inHand > 0) return t.title.inHand(inHand);
  if (unknown > 0) return t.title.blind(unknown);
  if (pending > 0) return t.title.starting(pending);
  if (fine === 0) return t.title.resting;
  return fine === 1 ? t.title.oneFine : t.title.fine(fine);
}

/** How many monitors are fine, and what the others do that are not in trouble. */
export function summary(all: number, counts: Counts): string {
  if (all === 0) return t.summary.nothing;
  const paused = counts.paused ?? 0;
  const unknown = counts.unknown ?? 0;
  const parts = [partFine(fineOf(counts), all)];
  if (paused > 0) parts.push(t.summary.paused(paused));
  if (unknown > 0) parts.push(t.summary.unknown(unknown));
  return parts.join(" ");
}

function partFine(fine: number, all: number): string {
  if (all > 1) return t.summary.part(fine, all);
  return fine === 1 ? t.summary.onlyFine : t.summary.onlyNot;
}

function fineOf(counts: Counts): number {
  return (counts.up ?? 0) + (counts.maintenance ?? 0);
}

/** "Down for 4 min"; a state whose begin is not known stands alone. */
export function stateFor(status: Status, since: string | null, now: number): string {
  const word = t.status[status] ?? status;
  if (since === null || status === "pending") return word;
  return t.stateFor(word, roughly(secondsSince(since, now)));
}

/** What a tired person needs to know about an open incident. */
export function incidentSentence(incident: Incident, now: number): string {
  const cause = causeText(incident);
  const since = clock(incident.started_at, now);
  const regions = regionNames(incident.regions);
  const seen = regions ? t.incident.seenFrom(cause, regions, since) : t.incident.seen(cause, since);
  return incident.status === "resolved" ? seen : `${seen} ${whoActs(incident, now)}`;
}

/** The cause in words: the server's sentence where it has one, else the class. */
export function causeText(incident: Incident): string {
  const text = incident.message || (incident.cause ? reasonText(incident.cause) : "") || t.incident.noCause;
  return text.replace(/[.\s]+$/, "");
}

function whoActs(incident: Incident, now: number): string {
  const quiet = incident.snoozed_until;
  if (quiet && Date.parse(quiet) > now) return t.incident.snoozed(clock(quiet, now));
  if (incident.acknowledged_at === null) return t.incident.nobody;
  return t.incident.acknowledgedBy(incident.acknowledged_by || t.incident.someone, roughly(secondsSince(incident.acknowledged_at, now)));
}

/** The region of the primary itself, as the server calls it. */
export const LOCAL = "local";

/** Regions in a sentence; the primary alone needs no mention. */
export function regionNames(regions: readonly string[]): string {
  const names = regions.filter((name) => name !== "");
  if (names.length === 0 || (names.length === 1 && names[0] === LOCAL)) return "";
  return listed(names);
}

/** "Open for 4 min", "Resolved after 12 min". */
export function incidentState(incident: Incident, now: number): string {
  const end = incident.resolved_at ? Date.parse(incident.resolved_at) : now;
  const time = roughly(secondsSince(incident.started_at, end));
  return t.incident[incident.status](time);
}

/** What a result says, in a few words: "142 ms", "Connection refused". */
export function resultText(result: CheckResult): string {
  if (result.status === "up") return latency(result.latency_ms);
  return firstSentence(result.message || reasonText(result.reason)) || (t.status[result.status] ?? result.status);
}

/** What stands in the value column of a row: the latency when it answers, else the state. */
export function rowValue(row: OverviewRow): string {
  if (row.status === "up" || row.status === "degraded" || row.status === "maintenance") return latency(row.last_ms);
  return t.statusShort[row.status] ?? row.status;
}

/** The second line of a row: what is watched, and for trouble what is wrong. */
export function rowLine(row: OverviewRow): string {
  const type = t.types[row.type] ?? row.type;
  const what = row.target ? (row.type === "http" ? row.target : `${type} · ${row.target}`) : `${type} · ${row.slug}`;
  return what;
}

/** What is wrong with a row, or nothing when all is well. */
export function rowTrouble(row: OverviewRow): string {
  if (row.status === "up" || row.status === "paused" || row.status === "pending" || (row.status === "maintenance" && !row.message)) return "";
  return inOneLine(row.message || reasonText(row.reason));
}

/** What happened, for a row: the address that a name led to, and when a maintenance ends, are on the page behind it. */
export function inOneLine(text: string): string {
  return firstSentence(text).replace(/ \([^()]* port \d+\)| until [-\d: ]+ UTC$/, "");
}

/** What happened, without the advice that follows it, for places with room for one line. */
export function firstSentence(text: string): string {
  return text.replace(/[.;]\s.*$/s, "").replace(/[.\s]+$/, "");
}

/** The 24 h strip in words, for those who do not see it. */
export function stripText(strip: string): string {
  const parts = stretches(strip);
  const wordOf = (status: Status | null) => (status === null ? t.noData : (t.statusShort[status] ?? status));
  if (parts.length === 1 && parts[0]) return t.overview.stripAll(wordOf(parts[0].status));
  const notable = parts.filter((part) => part.status !== "up" && part.status !== null);
  if (notable.length === 0) return listed([...new Set(parts.map((part) => wordOf(part.status)))]);
  return listed(
    notable.slice(-3).map((part) =>
      t.overview.stripPart(wordOf(part.status), roughly(part.fromAgo - part.toAgo), roughly(Math.max(part.fromAgo, CELL_SECONDS)))),
  );
}
