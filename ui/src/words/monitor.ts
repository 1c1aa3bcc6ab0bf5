/** What the page of a monitor says. */
import { words } from "./catalogue";

export const w = words("monitor", {
  crumb: "Monitors",
  tabs: { summary: "Summary", results: "Results", runs: "Runs", timeline: "Timeline", incidents: "Incidents", badges: "Badges" },
  tabsLabel: "Views of this monitor",
  edit: "Edit", duplicate: "Duplicate", maintenance: "Maintenance…", more: "More",
  incident: "Incident {id}",
  certificate: "certificate left", certificateDays: { one: "{n} day", other: "{n} days" }, certificateOver: "expired",
  days: {
    title: "{n} days", label: "How it was on each of the last {n} days", hint: "Arrow keys go from day to day, Enter shows its timeline.",
    all: "{date}: {ratio} up.", some: "{date}: {ratio} up. {parts}.", nothing: "{date}: {parts}.", noData: "{date}: no data.", part: "{status} for {time}",
    summary: { one: "Of the {n} day with data {ratio} was up; trouble on {bad}.", other: "Over {n} days with data it was up for {ratio}; trouble on {bad} of them." },
    calm: { one: "Over {n} day with data it was up for {ratio}, without trouble.", other: "Over {n} days with data it was up for {ratio}, without trouble." },
    today: "today", ratio: "{ratio} up",
  },
  chart: {
    title: "Response time", titleIn: "Response time, {range}", runs: "How long runs take",
    ranges: "Range", names: { "1h": "1\u202fh", "24h": "24\u202fh", "7d": "7\u202fd", "30d": "30\u202fd", "90d": "90\u202fd", "1y": "1\u202fy" }, views: "What the chart shows", percentiles: "Percentiles", phases: "Phases", regions: "Regions",
    single: "each one", p50: "median", p95: "95\u202f%", p99: "99\u202f%",
    zoomIn: "Zoom in", zoomOut: "Zoom out", earlier: "Earlier", later: "Later", reset: "Back to {range}",
    hint: "Drag to zoom, double click to go back. With the keyboard: + and − zoom, the arrow keys move, Shift with an arrow key reads point by point.",
    since: "{time} {status}", changed: "{field} changed", changedMany: "{field} and {n} more changed",
    actions: { create: "created", pause: "paused", resume: "resumed", delete: "deleted", rotate: "new address" },
    noPhases: "Phases are kept for as long as single results are; there are none of this time.", noneIn: "No check in this time.",
    table: "As a table", tableCaption: "Response times, {range}", columns: { at: "From", checks: "Checks", failed: "Failed", up: "Up" },
    from: "{from} to {to}", checks: { one: "{n} check", other: "{n} checks" }, checksFailed: "{n} checks, {failed} failed", noData: "no data",
  },
  fields: {
    name: "name", target: "target", interval: "interval", timeout: "time-out", retries: "retries", failure_threshold: "failures needed", assertions: "expectations",
    settings: "settings", tags: "tags", enabled: "checking", public: "visibility", channel_ids: "channels", latency_threshold_ms: "response time limit", regions: "regions", consensus: "regions that must agree", grace: "grace", cron: "schedule",
  },
  usual: { mark: "Usual: {low} to {high}", line: "The line marks what is usual. {phase} usually takes {low} to {high}.", plain: "The line marks where nine of ten checks end." },
  regions: { all: "All regions", label: "Region" },
  results: {
    status: "Found", all: "All", none: "No result has this.", noneText: "Other filters may show some.", showAll: "Show all", show: "Details", hide: "Fewer details", region: "From", phases: "Phases",
  },
  timeline: {
    title: "Timeline", latest: "Last changes", of: "Timeline of {date}", days: "{n} days", all: "The last {n} days", notable: "Only trouble", none: "No change in this time.", noneNotable: "No trouble in this time.", earlier: "The day before", later: "The day after", back: "All days",
    columns: { state: "State", from: "From", lasted: "For", why: "Why" }, soFar: "{time} so far",
  },
  incidents: { none: "No incident so far", noneText: "An incident opens when a failure is confirmed.", all: "All incidents of this monitor" },
  runs: {
    title: "Runs", list: "Last runs", medianRun: "median run", mostRuns: "95\u202f% of runs", none: "No run so far", noneText: "A run that tells its start and its end is shown with its duration.",
    outcome: { success: "succeeded", fail: "failed", running: "running", overdue: "overdue" },
    limit: "The line marks the longest that is allowed: {time}.", usual: "Half of the runs take less than {time}.", unknown: "no duration", of: "{outcome}, {time}", exit: "exit status {n}", output: "output", outputOf: "Output of the run of {time}",
  },
  next: { title: "Expected next", longest: "Longest run", in: "in {time}", late: "{time} ago", never: "The schedule has come to its end.", zone: "{at} ({zone})", until: "Down if nothing came until {at}.", waiting: "Once the first call has come.", paused: "Paused." },
  snippets: { title: "How it calls in", hint: "Put this at the end of the job. The first call brings it up.", label: "Ways to call in", copyOf: "{name} snippet", hidden: "Only those who may edit this monitor see its address." },
  suggestion: {
    title: "A schedule that fits", text: { one: "From {n} ping: {what}.", other: "From {n} pings: {what}." }, cron: "this job usually runs at “{cron}” ({zone}), with {grace} of grace", interval: "this job usually runs every {interval}, with {grace} of grace",
    explains: "{ratio} of the pings fit.", apply: "Use it", applied: "The schedule is used from now on.", runtime: "A run may take {time}.",
  },
  token: {
    title: "Its address", rotate: "New address", askTitle: "Give this job a new address?", askText: "The address that is in use now stops working at once. The job has to be told the new one.", yes: "Make a new one", done: "The address is new. Tell the job.",
  },
  badges: {
    title: "Badges", preview: "Preview", private: "This monitor is private", privateText: "A badge is a picture that everybody may see, so only public monitors have one. Public means that its name, its state and its uptime can be seen without signing in.",
    privateViewer: "A badge is a picture that everybody may see, so only public monitors have one.", make: "Make it public", made: "It is public now.", makeLess: "Make it private", madeLess: "It is private again.",
    isPublic: "Everybody who knows the address can see these badges.",
    kind: "Badge", kinds: { status: "State", uptime: "Uptime", response: "Response time", cert: "Certificate", heartbeat: "Last run" },
    style: "Style", styles: { flat: "Flat", "flat-square": "Square", "for-the-badge": "Large" }, label: "Label", labelHint: "Empty: the usual one", days: "Days", window: "Time", windows: { "1h": "1 hour", "24h": "24 hours", "7d": "7 days" },
    format: "Format", alt: "Badge of {name}", address: "Address", copyOf: "{name} code",
  },
});
