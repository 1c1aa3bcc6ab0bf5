/** What regions say of one monitor, in words: the verdict now, and who saw what when an incident moved. Pure. */
import type { Agreement, Region, RegionState } from "../api/probes";
import type { Status } from "../api/types";
import { w } from "../words/regions";
import { isAlone, type Agreed } from "./agreed";
import { listed } from "./format";
import { LOCAL } from "./sentences";

const FAILING: ReadonlySet<Status> = new Set(["down", "degraded"]);

/** What a region is called where it is mentioned first: in a table, on a card. In sentences it has its plain name. */
export const nameOf = (region: string) => (region === LOCAL ? w.local : region);
const names = (regions: readonly string[]) => listed(regions);

/** Why a region has no vote. */
export function silenceText(why: string | null): string {
  return (why && w.silence[why]) || w.silence.stale || "";
}

/** The verdict of all regions, in a sentence. */
export function verdictText({ reason, regions, asked, needed }: Agreement): string {
  const voters = regions.filter((one) => one.votes);
  const failing = failingOf(regions);
  switch (reason) {
    case "none_failing": return w.verdict.none_failing(voters.length);
    case "minority_failing": return w.verdict.minority_failing(names(failing), needed, voters.length);
    case "quorum_failing": return w.verdict.quorum_failing(names(failing), failing.length, voters.length, asked);
    case "all_voters_failing": return w.verdict.all_voters_failing(names(failing), asked);
    case "single_voter_failing": return w.verdict.single_voter_failing(names(failing));
    case "no_vote": return w.verdict.no_vote;
    default: return regions.length === 1 ? w.verdict.one(regions[0]?.region ?? "") : "";
  }
}

/** Where a monitor fails that is up all the same, in a few words; empty where nothing fails. */
export function aloneText({ reason, regions }: Agreement): string {
  return reason === "minority_failing" ? w.verdict.alone(names(failingOf(regions))) : "";
}

const failingOf = (regions: readonly RegionState[]) => regions.filter((one) => one.votes && FAILING.has(one.status)).map((one) => one.region);

/** Monitors that fail from too few regions, by where that is; only those in `fine` open no incident. */
export function failingAlone(regions: readonly Region[], fine: (id: number) => boolean): [regions: string, ids: number[]][] {
  const where = new Map<number, string[]>();
  for (const { region, votes, failing_ids } of regions) {
    for (const id of votes ? failing_ids : []) if (fine(id)) where.set(id, [...(where.get(id) ?? []), region]);
  }
  const found = new Map<string, number[]>();
  for (const [id, some] of where) found.set(listed(some), [...(found.get(listed(some)) ?? []), id]);
  return [...found];
}

/** Whether there is something to compare: more than one region, or one elsewhere. */
export function isSpread(regions: readonly { region: string }[]): boolean {
  return regions.length > 1 || regions.some((one) => one.region !== LOCAL);
}

/** Where a region's response times lie on a scale that all share: from the median to 95 %, in percent of the width. */
export function spread(region: RegionState, all: readonly RegionState[]): { from: number; to: number } | null {
  const top = Math.max(0, ...all.map((one) => one.p95_ms ?? one.p50_ms ?? 0));
  if (region.p50_ms === null || top <= 0) return null;
  const at = (ms: number) => (ms / top) * 100;
  return { from: at(region.p50_ms), to: at(region.p95_ms ?? region.p50_ms) };
}

/** How many saw it fail, and how many had to, in a sentence. */
export function agreedText(agreed: Agreed): string {
  const [failing, voters] = [agreed.failing.length, agreed.failing.length + agreed.healthy.length];
  if (failing === 0) return w.incident.none;
  if (isAlone(agreed)) return w.incident.alone(agreed.failing[0] ?? "");
  return agreed.needed < agreed.quorum ? w.incident.lowered(failing, voters, agreed.quorum) : w.incident.quorum(failing, voters, agreed.quorum);
}

/** How a region voted: the status that its shape is borrowed from, and a word. */
export function voteOf(agreed: Agreed, region: string): { look: Status; word: string } {
  if (agreed.failing.includes(region)) return { look: "down", word: w.incident.failing };
  if (agreed.healthy.includes(region)) return { look: "up", word: w.incident.healthy };
  return { look: "unknown", word: w.incident.silent };
}

/** What it means that so many regions have to agree. */
export function consensusText(wanted: number, all: number): string {
  if (all <= 1) return w.form.alone;
  const n = Math.min(wanted, all);
  const meaning = n === 1 ? w.form.explainAny : n === all ? w.form.explainAll : w.form.explain(n, all);
  return n > 1 ? `${meaning} ${w.form.fewer}` : meaning;
}

/** The regions that check what names none: asura itself, where it checks, and all that have a probe which came at least once. */
export const placesOf = (regions: readonly Region[]) => regions.filter((one) => one.region === LOCAL || (one.probes > 0 && one.online + one.monitors > 0)).map((one) => one.region);

/** How many of some regions are most of them. */
export const mostOf = (all: number) => Math.floor(all / 2) + 1;
