/** Probes and regions as readers see them: how a probe does, what is odd about it, whether a region has a vote. Pure. */
import type { Probe, Region } from "../api/probes";
import type { Status } from "../api/types";
import { w } from "../words/probes";
import { duration, number, roughly, secondsSince } from "./format";
import { LOCAL } from "./sentences";
import { compare } from "./filters";

/** How something does: the status that its shape is borrowed from, a word, and what there is to say more. */
export interface Standing {
  look: Status;
  word: string;
  more: string;
}

/** A probe that reports every five seconds may be so far behind, and its clock so far off, before it is worth a mark. */
const SKEWED_S = 5;
const BEHIND_S = 30;
const LATE_S = 2;

/** How a probe does right now. */
export function standing(probe: Probe, now: number): Standing {
  if (probe.online && probe.blind) return { look: "unknown", word: w.state.blind, more: probe.blind };
  if (probe.online) return { look: "up", word: w.state.online, more: "" };
  if (probe.last_seen_at === null) return { look: "pending", word: w.state.waiting, more: w.state.waitingText };
  return { look: "down", word: w.state.offline, more: w.state.since(roughly(secondsSince(probe.last_seen_at, now))) };
}

/** Whether a region has a vote, and why not. */
export function voting(region: Region): Standing {
  if (region.votes) return { look: "up", word: w.vote.yes, more: "" };
  // One that nothing is checked from yet is missed by nobody.
  const look = region.why !== "offline" ? "unknown" : region.monitors > 0 ? "down" : "pending";
  return { look, word: w.vote.no, more: (w.vote.why as Record<string, string>)[region.why ?? ""] ?? "" };
}

/** By how much a clock is off: "0.2 s", "61 min ahead". */
export function skewText(seconds: number): string {
  const off = Math.abs(seconds);
  if (off < SKEWED_S) return w.skew.fine(number(off, off < 1 ? 2 : 1));
  return seconds > 0 ? w.skew.ahead(duration(off)) : w.skew.behind(duration(off));
}

export const isSkewed = (probe: Probe) => probe.online && Math.abs(probe.clock_skew_s) > SKEWED_S;
export const isBehind = (probe: Probe) => probe.online && probe.lag_s > BEHIND_S;

/** What is odd about a probe, in a few words each. */
export function oddities(probe: Probe, version: string): string[] {
  const found = [
    probe.online && probe.version !== "" && version !== "" && probe.version !== version && w.odd.version(probe.version, version),
    probe.late_s >= LATE_S && w.odd.late(duration(probe.late_s)),
    probe.spooled > 0 && isBehind(probe) && w.odd.spooled(probe.spooled),
    probe.lost > 0 && w.odd.lost(probe.lost),
    probe.refused > 0 && w.odd.refused(probe.refused),
  ];
  return found.filter((one): one is string => typeof one === "string");
}

/** The probes of each region, by name. */
export function byRegion(probes: readonly Probe[]): [string, Probe[]][] {
  const found = new Map<string, Probe[]>();
  for (const probe of probes) found.set(probe.region, [...(found.get(probe.region) ?? []), probe]);
  return [...found].map(([region, some]): [string, Probe[]] => [region, some.sort((a, b) => compare(a.name, b.name) || a.id - b.id)]).sort(([a], [b]) => compare(a, b));
}

/** The regions in their order: the primary itself first, then by name. */
export function ordered<T extends { region: string }>(regions: readonly T[]): T[] {
  const rank = (one: T) => (one.region === LOCAL ? 0 : 1);
  return [...regions].sort((a, b) => rank(a) - rank(b) || compare(a.region, b.region));
}

/** What a region is called: the primary's own is asura itself. */
export function regionName(region: string): string {
  return region === LOCAL ? w.local : region;
}

const REGION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What is wrong with the name of a region; empty when nothing is. */
export function regionFault(region: string): string {
  if (region === LOCAL) return w.form.regionLocal;
  return REGION.test(region) ? "" : w.form.regionFault;
}
