/** What the pages say that load after the shell, in English. */

const s = (n: number, one: string, many: string) => (n === 1 ? one : many);

export const pages = {
  told: {
    sent: (channel: string) => `${channel} was told`, held: (channel: string) => `${channel} was not told yet`, failed: (channel: string) => `${channel} could not be told`,
    dropped: (channel: string) => `${channel} was not told`, channel: "A channel", attempt: (n: number) => `Attempt ${n}`, answered: (text: string) => `the provider answered: ${text}`,
    attempts: (n: number) => `${n} ${s(n, "attempt", "attempts")}`, next: (at: string) => `next try ${at}`,
  },
  monitor: {
    crumb: "Overview", checkNow: "Check now", checking: "Checking…", pause: "Pause", resume: "Resume", remove: "Delete",
    since: (state: string, time: string) => `${state} for ${time}`,
    uptime24: "uptime, 24 hours", uptime30: "uptime, 30 days", median: "median, 24 hours", p95: "95th percentile", every: "between checks",
    response: "Response time, 24 hours", half: "half of the checks are faster", most: "95 % are faster", state: "State, 24 hours", ago24: "24 h ago", now: "now",
    noSeries: "The line appears after the first hour of results.",
    results: "Last results", noResults: "No result yet. The first check runs in a moment.",
    lastCheck: "Last check", tried: "a try, repeated before it counts",
    phases: { dns: "DNS", connect: "Connect", tls: "TLS", ttfb: "Answer", transfer: "Body" } as Record<string, string>,
    total: "Total", noPhases: "This check has no phases.",
    how: "How it is checked", interval: "Every", believes: "Believes", expects: "Expects", tells: "Tells", regionsLabel: "From", runbook: "Runbook", tags: "Tags", target: "Target",
    believe: (fails: number, retries: number) => `${fails} ${s(fails, "failure", "failures")} in a row${retries ? `, each tried ${retries + 1} times` : ""}`,
    standard: "a status from 200 to 399", answers: "an answer", allRegions: "everywhere", defaultChannels: "the default channels", channels: (n: number) => `${n} ${s(n, "channel", "channels")}`,
    byFile: "This monitor is managed by the configuration file; change it there.",
    incidents: "Incidents", noIncidents: "No incident so far.",
    columns: { at: "When", found: "Found", latency: "Time", message: "What happened" },
    paused: (name: string) => `${name} is paused.`, resumed: (name: string) => `${name} is checked again.`, undo: "Undo",
    found: (text: string) => `Checked just now: ${text}`,
    deleteTitle: (name: string) => `Delete ${name}?`, deleteText: "Its results, spans and incidents go with it. This cannot be undone.", deleteYes: "Delete", deleted: (name: string) => `${name} is deleted.`,
    neverChecked: "It has not been checked yet.",
  },
  add: {
    title: "Add a monitor", label: "Address", hint: "https://example.com, example.com:22 or ping 1.1.1.1", name: "Name", type: "Check", every: "Every",
    test: "Check now", testing: "Checking…", save: "Save", saving: "Saving…", cancel: "Cancel", saved: (name: string) => `${name} is watched from now on.`,
    unclear: "This does not look like an address yet.", willCheck: (type: string, target: string) => `${type}: ${target}`, works: "It works", fails: "It does not work yet",
  },
  signIn: {
    title: "asura", lead: "Paste an API key to see your monitors.", label: "API key", remember: "Remember on this device", go: "Open the dashboard", going: "Checking the key…",
    hint: "The first start shows a key on the terminal. Another one is made with:", empty: "Paste a key first.", refused: "This key is not accepted. Is it complete?",
    expired: "The server no longer accepts the key that was used here. Enter another one.", limit: "Too many attempts. Wait a moment, then try again.",
  },
  settings: {
    title: "Settings", lead: "Of this page, on this device.", theme: "Appearance", themes: { auto: "As the system", light: "Light", dark: "Dark" } as Record<string, string>,
    key: "API key", keyStays: "The key is remembered on this device.", keyTab: "The key is forgotten when this tab is closed.", forget: "Forget the key", about: "About",
    version: "Version", running: "Running for", keys: "Keyboard", link: "Connection",
  },
  help: {
    title: "Keyboard", open: "this help", search: "search", overview: "overview", incidents: "incidents", settings: "settings", add: "add a monitor", close: "close what is open", then: "then",
  },

  incidentPage: {
    severity: { critical: "critical", warning: "warning" } as Record<string, string>,
    began: (at: string) => `began ${at}`, believed: (at: string) => `believed ${at}`, ended: (at: string) => `ended ${at}`,
    crumb: "Incidents", number: (id: number | string) => `Incident #${id}`,
    note: "Note", resolve: "Resolve",
    tabs: { timeline: "Timeline", evidence: "Evidence", told: "Who was told, and why" }, tabsLabel: "Views of this incident",
    doneNote: "Noted.", doneResolve: "Resolved.",
    noteTitle: "Add a note", noteLabel: "What should the others know?", noteSave: "Save note",
    resolveTitle: "Resolve by hand?", resolveText: "It resolves itself when the checks pass again. If they still fail, a new incident opens.", resolveYes: "Resolve now",
    noEvents: "Nothing is recorded yet.", noEvidence: "No evidence was kept for this incident.", noEvidenceHint: "Evidence is kept when a monitor changes its state.",
    nobodyTold: "Nobody was told.", nobodyToldHint: "No decision about a notification is recorded. Is there a channel, and does this monitor use it?",
    monitors: "Monitors", about: "About",
    rows: { severity: "Severity", began: "Began", believed: "Believed", acknowledged: "Acknowledged", resolved: "Resolved", regions: "Seen from", monitors: "Monitors" },
    events: {
      "incident.opened": "Believed down", "incident.severity_changed": "Severity changed", "incident.cause_changed": "It fails in another way",
      "incident.acknowledged": "Acknowledged", "incident.escalated": "Escalated", "incident.reminder": "Reminded", "incident.resolved": "Resolved",
      "incident.snoozed": "Snoozed", "incident.noted": "Note", "self.blind": "asura could not see",
    } as Record<string, string>,
    by: (what: string, who: string) => `${what} by ${who}`,
    opening: (why: string) => `Believed: ${why}`,
    firstFailure: "First failing check", firstFailureText: "The incident is counted from here.", address: "Address", certificate: "Certificate", redirects: "Redirects",
    certificateLeft: (days: number) => `${days} d left`, certificateOver: (days: number) => `expired ${days} d ago`,
    seenFromRegion: (region: string) => `What was seen · ${region}`,
  },
};
