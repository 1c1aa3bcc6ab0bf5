/** What regions say of a monitor and of an incident, in words. */
import { describe, expect, test } from "vitest";
import type { Agreement, Region, RegionState } from "../src/api/probes";
import type { IncidentEvent, Sighting } from "../src/api/types";
import { agreedOf, isAlone, lastAgreed, momentsOf, regionsOf, type Agreed } from "../src/domain/agreed";
import { agreedText, aloneText, consensusText, failingAlone, isSpread, mostOf, nameOf, placesOf, silenceText, spread, verdictText, voteOf } from "../src/domain/regions";
import { ago } from "./make";

const state = (region: string, change: Partial<RegionState> = {}): RegionState => ({
  region, status: "up", since: ago(60), votes: true, why: null, message: "", last_result: null, uptime_24h_ratio: 1, p50_ms: 20, p95_ms: 40, checks_24h: 10, ...change,
});
const down = (region: string) => state(region, { status: "down" });
const mute = (region: string) => state(region, { status: "unknown", votes: false, why: "offline" });
const verdict = (reason: string | null, regions: readonly RegionState[], asked = 2, needed = asked): Agreement => ({ quorum: asked, asked, needed, reason, sentence: "", regions });

describe("the verdict in a sentence", () => {
  test.each([
    ["none_failing", [state("local"), state("eu")], 2, "All 2 regions that have a vote reach it."],
    ["none_failing", [state("local"), mute("eu")], 1, "1 region has a vote, and reaches it."],
    ["minority_failing", [state("local"), down("eu"), state("us")], 2, "It fails from eu alone. 2 of 3 have to agree, so no incident is opened."],
    ["quorum_failing", [down("local"), down("eu"), state("us")], 2, "It fails from local and eu: 2 of 3. 2 have to agree."],
    ["all_voters_failing", [down("a"), down("b"), mute("c"), mute("d"), mute("e")], 2, "It fails from a and b, all that have a vote. 3 would have to agree."],
    ["single_voter_failing", [down("eu"), mute("us")], 1, "It fails from eu, the only region that has a vote. That makes a warning, not a critical incident."],
    ["no_vote", [mute("eu"), mute("us")], 2, "No region has a vote, so nothing is known of it."],
    [null, [state("eu")], 1, "Checked from eu alone."], [null, [state("eu"), state("us")], 2, ""], ["of a later version", [state("eu")], 1, "Checked from eu alone."],
  ] as const)("%s: %#", (reason, regions, needed, text) => expect(verdictText(verdict(reason, regions, reason === "all_voters_failing" ? 3 : 2, needed))).toBe(text));
  test("in the head of a page it is said shortly, and only where a minority fails", () => {
    expect(aloneText(verdict("minority_failing", [state("local"), down("us"), mute("eu")]))).toBe("Fails from us alone.");
    expect(aloneText(verdict("none_failing", [state("local"), state("us")]))).toBe("");
  });
  test("asura's own region has one name in sentences, and one where it is mentioned first", () => expect([nameOf("local"), nameOf("eu")]).toEqual(["local (this asura)", "eu"]));
  test("a region without a vote does not count among those that fail", () => expect(verdictText(verdict("minority_failing", [down("eu"), { ...down("us"), votes: false, why: "stale" }, state("local")]))).toContain("from eu alone. 2 of 2"));
  test("why a region is silent", () => expect([silenceText("offline"), silenceText("blind"), silenceText(null)]).toEqual(["no probe of it is there", "cannot see", "has said nothing for too long"]));
});

const place = (region: string, change: Partial<Region> = {}): Region => ({ region, probes: region === "local" ? 0 : 1, online: 1, votes: true, why: null, monitors: 3, failing: 0, failing_ids: [], ...change });

describe("places", () => {
  test("what fails from some alone is told by where that is, without what is in trouble, and without those that have no vote", () => {
    const regions = [place("local"), place("eu", { failing_ids: [1, 2, 3] }), place("us", { failing_ids: [2, 9] }), place("ap", { failing_ids: [4], votes: false, why: "offline" })];
    expect(failingAlone(regions, (id) => id !== 9)).toEqual([["eu", [1, 3]], ["eu and us", [2]]]);
    expect(failingAlone([place("local")], () => true)).toEqual([]);
  });
  test("everywhere is asura itself and each region with a probe, not what a monitor merely names, nor what never came", () => expect(placesOf([place("local"), place("eu"), place("ap", { online: 0, votes: false, why: "offline" }), place("mars", { probes: 0, online: 0, votes: false, why: "offline" }), place("new", { online: 0, monitors: 0, votes: false, why: "offline" })])).toEqual(["local", "eu", "ap"]));
});

describe("what is compared", () => {
  test.each([[["local"], false], [["eu"], true], [["local", "eu"], true], [[], false]] as const)("%j", (regions, worth) => expect(isSpread(regions.map((region) => ({ region })))).toBe(worth));
  test("response times share a scale that ends at the slowest", () => {
    const all = [state("a", { p50_ms: 10, p95_ms: 20 }), state("b", { p50_ms: 100, p95_ms: 200 }), state("c", { p50_ms: null, p95_ms: null })];
    expect(all.map((one) => spread(one, all))).toEqual([{ from: 5, to: 10 }, { from: 50, to: 100 }, null]);
  });
});

const agreed = (change: Partial<Agreed> = {}): Agreed => ({ failing: ["eu", "us"], healthy: ["local"], silent: { ap: "offline" }, quorum: 2, needed: 2, ...change });
const event = (type: string, at: string, detail: unknown): IncidentEvent => ({ at, type, reason: null, actor: null, detail });
const sighting = (region: string, at: string, status: "up" | "down" = "down"): Sighting => ({ region, at, status, reason: "ok", message: "", evidence: null });

describe("who saw an incident", () => {
  test("is in the detail of its events", () => {
    expect(agreedOf(event("incident.opened", ago(0), { agreement: agreed() }))).toEqual(agreed());
    expect([null, "text", {}, { agreement: null }].map((detail) => agreedOf(event("x", ago(0), detail)))).toEqual([null, null, null, null]);
    expect(agreedOf(event("x", ago(0), { agreement: {} }))).toEqual({ failing: [], healthy: [], silent: {}, quorum: 0, needed: 0 });
  });
  test.each([
    [agreed(), "2 of 3 saw it fail; 2 had to agree."], [agreed({ failing: [], healthy: ["eu"] }), "Nobody saw it fail."],
    [agreed({ healthy: [], quorum: 3 }), "2 of 2 with a vote saw it fail; 3 would have had to agree."],
    [agreed({ failing: ["eu"], healthy: [], needed: 1 }), "One region alone says so: eu is the only one that had a vote. That makes a warning, not a critical incident."],
  ])("%#", (found, text) => expect(agreedText(found)).toBe(text));
  test("one of one is not alone", () => expect(isAlone(agreed({ failing: ["eu"], healthy: [], silent: {}, quorum: 1, needed: 1 }))).toBe(false));
  test("each region has its word", () => expect(["eu", "local", "ap"].map((region) => voteOf(agreed(), region))).toEqual([{ look: "down", word: "saw it fail" }, { look: "up", word: "saw it working" }, { look: "unknown", word: "had no vote" }]));
  test("the last word is that of when it was believed to fail", () => {
    const events = [event("incident.opened", ago(60), { agreement: agreed({ needed: 1 }) }), event("incident.noted", ago(50), {}), event("incident.severity_changed", ago(40), { agreement: agreed() }), event("incident.resolved", ago(10), { agreement: agreed({ failing: [] }) })];
    expect(lastAgreed(events)).toEqual(agreed());
    expect(lastAgreed([event("incident.opened", ago(60), {})])).toBeNull();
  });
  test("what was seen stands with the moment it belongs to, newest first", () => {
    const events = [event("incident.opened", ago(100), { agreement: agreed() }), event("incident.acknowledged", ago(90), { agreement: agreed() }), event("incident.resolved", ago(10), { agreement: agreed({ failing: [], healthy: ["eu", "us", "local"] }) })];
    const seen = [sighting("eu", ago(104)), sighting("us", ago(100)), sighting("local", ago(102), "up"), sighting("eu", ago(12), "up"), sighting("us", ago(10), "up")];
    const [over, begun] = momentsOf(events, seen);
    expect([over?.event.type, [...(over?.sightings.keys() ?? [])], over?.sightings.get("eu")?.at]).toEqual(["incident.resolved", ["eu", "us"], ago(12)]);
    expect([begun?.event.type, [...(begun?.sightings.keys() ?? [])], begun?.sightings.get("eu")?.at]).toEqual(["incident.opened", ["eu", "us", "local"], ago(104)]);
    expect(begun && regionsOf(begun)).toEqual(["eu", "us", "local", "ap"]);
  });
  test("of one region alone there are no moments", () => expect(momentsOf([event("incident.opened", ago(100), { message: "x" })], [sighting("local", ago(100))])).toEqual([]));
  test("without evidence the moments still say who voted how", () => expect(momentsOf([event("incident.opened", ago(100), { agreement: agreed() })], []).map((one) => one.sightings.size)).toEqual([0]));
});

describe("how many must agree", () => {
  test.each([[1, 1], [2, 2], [3, 2], [4, 3], [5, 3]])("most of %i are %i", (all, most) => expect(mostOf(all)).toBe(most));
  test.each([[1, 1, "One region checks it, and decides alone."], [1, 3, "One region that fails is enough"], [2, 3, "from 2 of these 3"], [3, 3, "It is down when it fails from everywhere"], [5, 3, "It is down when it fails from everywhere"]])("%i of %i", (n, all, text) => expect(consensusText(n, all)).toContain(text));
});
