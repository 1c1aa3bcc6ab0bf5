/** What every page may say, in English; what the pages behind the shell say is in en-pages.ts, so that it loads with them. */
import type { Status } from "../api/types";
import { words } from "./catalogue";

export const en = words("common", {
  status: {
    up: "Up", degraded: "Degraded", late: "Late", down: "Down", unreachable: "Unreachable",
    maintenance: "In maintenance", paused: "Paused", unknown: "Unknown", pending: "Waiting for the first check",
  } satisfies Record<Status, string> as Record<string, string>,
  statusShort: {
    up: "up", degraded: "degraded", late: "late", down: "down", unreachable: "unreachable",
    maintenance: "in maintenance", paused: "paused", unknown: "unknown", pending: "pending",
  } satisfies Record<Status, string> as Record<string, string>,
  /** Numbers with their units, after a thin space; days and hours of the day in `weekday` and `date`. */
  units: {
    ms: "{n}\u202fms", s: "{n}\u202fs", min: "{n}\u202fmin", h: "{n}\u202fh", d: "{n}\u202fd", percent: "{n}\u202f%", under: "<\u202f{time}",
    weekday: "{day} {time}", date: "{day}, {time}",
  },
  stateFor: "{state} for {time}",
  noData: "no data",

  types: { http: "HTTP", tcp: "TCP port", dns: "DNS", icmp: "Ping", tls: "TLS certificate", statuspage: "Status page", heartbeat: "Heartbeat" } as Record<string, string>,

  nav: { label: "Main", overview: "Overview", incidents: "Incidents", settings: "Settings", skip: "Skip to content" },

  title: {
    loading: "Looking…",
    nothing: "Nothing is watched yet",
    need: { one: "{n} thing needs you", other: "{n} things need you" },
    inHand: { one: "{n} incident is being looked at", other: "{n} incidents are being looked at" },
    blind: { one: "{n} monitor cannot be judged", other: "{n} monitors cannot be judged" },
    starting: { one: "{n} monitor waits for the first check", other: "{n} monitors wait for the first check" },
    resting: "Everything is paused",
    oneFine: "Your monitor is fine",
    fine: "All {n} are fine",
  },
  summary: {
    nothing: "Add the first address and asura looks at it at once.",
    part: { one: "{fine} of {all} monitors is fine.", other: "{fine} of {all} monitors are fine." }, onlyFine: "The only monitor is fine.", onlyNot: "The only monitor is not fine.",
    paused: { one: "{n} is paused.", other: "{n} are paused." },
    unknown: "{n} cannot be judged right now: that is on our side, not theirs.",
  },

  link: {
    live: "Live",
    connecting: "Connecting…",
    polling: "Asking every 30 s",
    age: "What you see is {age} old.",
    lost: "Connection lost.",
    slow: "Live updates do not come through. The page asks every 30 s instead.",
    again: "Try now",
    failed: "Could not load",
    off: "Not connected",
  },

  overview: {
    search: "Search monitors", add: "Add monitor", list: "Monitors", all: "All", problems: "Problems",
    columns: { last: "last", response: "response, 24 h", state: "state, 24 h", uptime: "uptime" },
    uptime: "uptime, 24 h",

    emptyTitle: "What should asura watch?",
    emptyText: "A web address, a host with a port, or a name to ping. Everything else has a good default and can be changed later.",
    noneTitle: "No monitor fits",
    noneText: "Nothing matches the search and the filters.",
    showAll: "Show all",
    responseLabel: "Response time of {name} over the last 24 hours",
    stripLabel: "Last 24 hours: {text}",
    stripAll: "{state} throughout",
    stripPart: "{state} {time}, from {from} ago",

  },

  incident: {
    seenFrom: "{cause}. Seen from {regions} since {since}.",
    seen: "{cause}. Seen since {since}.",
    nobody: "Nobody has acknowledged it yet.",
    acknowledgedBy: "{who} acknowledged it {time} ago.",
    snoozed: "Snoozed until {until}.",
    someone: "Somebody",
    noCause: "It fails",
    open: "Open for {time}", acknowledged: "Acknowledged, open for {time}", resolved: "Resolved after {time}",
    acknowledge: "Acknowledge", view: "Open", doneAck: "Acknowledged. Reminders stop.",
  },

  incidents: {
    none: "No active incident", noneText: "Everything that is watched behaves.", noneFit: "No incident here", noneFitText: "None has this state.",
    open: { one: "{n} active incident", other: "{n} active incidents" }, filters: { active: "Active", resolved: "Resolved", all: "All" },
    more: "Show older ones", all: "All {n} active incidents",
  },

  common: {
    close: "Close", cancel: "Cancel", retry: "Try again", justNow: "just now", ago: "{time} ago", others: { one: "{n} more", other: "{n} more" },
    notFound: "There is no such page", notFoundText: "The address may be old, or mistyped.", goHome: "To the overview", loading: "Loading…", partMissing: "This part could not be loaded", partMissingText: "The server may have been upgraded since this page was opened.",
    unexpected: "Something in this page broke.",
    unexpectedText: "The server is not affected. Loading the page again usually helps.", reload: "Load again", request: "Request {id}",
  },
});
