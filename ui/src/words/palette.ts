/** What the command palette and the list of shortcuts say. */
import { words } from "./catalogue";

export const w = words("palette", {
  title: "Search or jump to",
  placeholder: "A monitor, an incident, a page, or what to do",
  none: "Nothing here is called that.",
  hint: { move: "to move", open: "to open", close: "to close" },
  sections: { current: "This monitor", trouble: "In trouble", actions: "Actions", pages: "Go to", monitors: "Monitors", incidents: "Incidents" },
  found: { one: "{n} thing found", other: "{n} things found" },
  actions: {
    pause: "Pause {name}", resume: "Resume {name}", check: "Check {name} now", edit: "Edit {name}", duplicate: "Duplicate {name}",
    add: "Add a monitor", addChannel: "Add a channel", addPage: "New status page", addProbe: "Add a probe", plan: "Plan maintenance", planFor: "Plan maintenance for {name}", light: "Light theme", dark: "Dark theme", auto: "Theme of the system", shortcuts: "Show the keyboard shortcuts", signOut: "Sign out",
  },
  pages: {
    overview: "Overview", monitors: "Monitors", incidents: "Incidents", notifications: "Notifications", statusPages: "Status pages", maintenance: "Maintenance", probes: "Probes", settings: "Settings",
    problems: "Monitors with problems", paused: "Paused monitors", resolved: "Resolved incidents",
    profile: "Settings: your profile", users: "Settings: users", keys: "Settings: API keys", sessions: "Settings: security and sessions", audit: "Settings: audit log", about: "Settings: about asura",
  },
  done: { paused: "{name} is paused", resumed: "{name} is checked again", checked: "{name} was checked: {result}" },
  parts: { everywhere: "Everywhere", going: "Go to", list: "In the list of monitors", incident: "On the page of an incident" },
  keys: {
    palette: "Search or jump to anything", search: "Search monitors", add: "Add a monitor", help: "Show this list",
    overview: "Overview", monitors: "Monitors", incidents: "Incidents", notifications: "Notifications", statusPages: "Status pages", maintenance: "Maintenance", probes: "Probes", settings: "Settings",
    down: "Next monitor", up: "Previous monitor", open: "Open it", select: "Tick it", range: "Tick everything up to it", edit: "Edit it", pause: "Pause or resume it", clear: "Untick all",
    acknowledge: "Acknowledge it", note: "Add a note", snooze: "Snooze it", resolve: "Resolve it by hand",
  },
});
