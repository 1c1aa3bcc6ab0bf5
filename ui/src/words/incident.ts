/** What the list of incidents and the page of one say. */
import { words } from "./catalogue";

export const w = words("incident", {
  list: {
    subtitle: "An incident opens when a failure is confirmed, and resolves when the checks pass again.", filterLabel: "Which incidents", severity: "Severity", severities: { all: "Any severity", critical: "Critical", warning: "Warning" }, monitor: "Monitor", anyMonitor: "Every monitor",
    time: "Time", times: { any: "Any time", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days" }, count: { one: "{n} incident", other: "{n} incidents" },
    none: "No incident fits", noneText: "Other filters may show some.", clear: "Show all", acknowledgedBy: "{state} · {who}", gone: "Monitor {id}",
  },
  next: {
    title: "Next", reminder: "A reminder in {time}, unless somebody acknowledges it", reminderText: "To everybody who was told that it began.", due: "A reminder is due",
    quiet: "Quiet until {at}", quietText: "No reminders come until then. You are still told when it is over.",
    waiting: "{names} will be told", waitingText: "The message is on its way, or is tried again soon.",
    acknowledged: "Nothing more is sent until it is over", acknowledgedText: "Somebody is at it.", never: "It resolves itself as soon as the checks pass again",
    neverText: "Until then nobody is told again: this monitor sends no reminders.", resolves: "It resolves itself as soon as the checks pass again.",
  },
  runbook: "Runbook", description: "About it",
});
