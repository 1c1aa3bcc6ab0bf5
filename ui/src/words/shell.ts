/** What the frame and the overview say. */
import { words } from "./catalogue";

export const w = words("shell", {
  nav: { monitors: "Monitors", notifications: "Notifications", signOut: "Sign out", account: "Your account", undelivered: "{n} not delivered", statusPages: "Status pages", maintenance: "Maintenance", probes: "Probes", gone: { one: "{n} probe is gone, or cannot see", other: "{n} probes are gone, or cannot see" }, more: "More", inMaintenance: { one: "{n} monitor in maintenance", other: "{n} monitors in maintenance" } },
  roles: { admin: "Admin", editor: "Editor", viewer: "Viewer" },
  jump: "Search or jump to",
  columns: { tags: "tags", since: "last change" },
  forTime: "for {time}",
  all: { one: "{n} monitor", other: "All {n} monitors" },
  groups: { group: "Groups", tag: "Tags", type: "Kinds of checks" },
  noGroup: { group: "No group", tag: "No tag", type: "Other" },
  members: { one: "{n} monitor", other: "{n} monitors" },
  allFine: "all fine",
  inState: "{n} {state}",
  moreGroups: { one: "{n} more", other: "{n} more" },
  worst: "Worst of the last 24 hours",
  worstMore: "All by uptime",
  groupStrip: "Worst of its monitors over the last 24 hours: {text}",
  recent: "What happened",
  recentMore: "All incidents",
  quiet: "Nothing has happened for a while.",
  since: "Since {time}",
  happened: {
    down: "{name} went down", unreachable: "{name} cannot be reached", degraded: "{name} is degraded", late: "{name} is late", up: "{name} is up again", firstUp: "{name} is up",
    maintenance: "{name} is in maintenance", paused: "{name} was paused", resumed: "{name} is checked again", unknown: "{name} cannot be judged", pending: "{name} waits for its first check",
    after: "after {time}",
    acknowledged: "{who} has taken it",
  },
});
