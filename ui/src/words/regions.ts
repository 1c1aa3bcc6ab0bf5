/** What is said of the regions that check one monitor: on its page, in its form, and on an incident. */
import { words } from "./catalogue";

export const w = words("regions", {
  title: "Regions", local: "local (this asura)",
  columns: { region: "Region", state: "State", last: "Last", p50: "Median", p95: "95\u202f%", uptime: "Uptime, 24\u202fh" },
  noVote: "no vote: {why}",
  silence: { pending: "has not said anything yet", stale: "has said nothing for too long", abstained: "could not check it", offline: "no probe of it is there", blind: "cannot see" } as Record<string, string>,
  verdict: {
    none_failing: { one: "{n} region has a vote, and reaches it.", other: "All {n} regions that have a vote reach it." },
    minority_failing: "It fails from {regions} alone. {needed} of {all} have to agree, so no incident is opened.",
    quorum_failing: "It fails from {regions}: {n} of {all}. {needed} have to agree.",
    all_voters_failing: "It fails from {regions}, all that have a vote. {needed} would have to agree.",
    single_voter_failing: "It fails from {regions}, the only region that has a vote. That makes a warning, not a critical incident.",
    alone: "Fails from {regions} alone.",
    one: "Checked from {region} alone.",
    no_vote: "No region has a vote, so nothing is known of it.",
  },
  incident: {
    title: "What each region saw", regions: "Regions", failing: "saw it fail", healthy: "saw it working", silent: "had no vote", silentWhy: "It had no vote: {why}.",
    quorum: "{n} of {all} saw it fail; {needed} had to agree.", lowered: "{n} of {all} with a vote saw it fail; {needed} would have had to agree.", none: "Nobody saw it fail.",
    alone: "One region alone says so: {region} is the only one that had a vote. That makes a warning, not a critical incident.", nothing: "Nothing was kept of what it saw.", checked: "Its check of {at}.",
  },
  overview: {
    gone: { one: "{n} probe is gone: {names}", other: "{n} probes are gone: {names}" }, blind: { one: "{n} probe cannot see: {names}", other: "{n} probes cannot see: {names}" },
    alone: "Fails from {regions} alone:", more: { one: "and {n} more", other: "and {n} more" },
  },
  form: {
    silent: { offline: "{region} (offline)", blind: "{region} (cannot see)" },
    hint: "Type a region, then Enter", everywhere: "Everywhere: {regions}.", missing: "No probe of {regions} is there: it counts as silent until one is.",
    usual: "As set for all: usually {n} of {all}", of: "{n} of {all}", any: "1 of {all}, whichever", all: "All {all}",
    alone: "One region checks it, and decides alone.", explainAny: "One region that fails is enough: the quickest, but one bad route wakes somebody.", explainAll: "It is down when it fails from everywhere. What fails for some alone opens no incident.",
    explain: "It is down when it fails from {n} of these {all}: one bad route wakes nobody.", fewer: "While fewer have a vote, all of those must agree.", tooMany: "{n}, but only {all} check it: all of them",
  },
});
