/** What the page about probes says. */
import { words } from "./catalogue";

export const w = words("probes", {
  title: "Probes", lead: "They check from other places, so that one bad route wakes nobody.", add: "Add a probe", local: "local (this asura)",
  none: "All checks come from here", noneText: "A probe is asura on another machine. It checks from there too, and something is down only when enough places agree: one bad route wakes nobody.",
  noneViewer: "An administrator can add one.",
  state: { online: "Online", offline: "Offline", since: "silent for {time}", blind: "Cannot see", waiting: "Not there yet", waitingText: "has never called" },
  vote: { yes: "Votes", no: "No vote", why: { offline: "no probe is there", blind: "cannot see", pending: "has not said anything yet" } },
  skew: { fine: "{n}\u202fs", ahead: "{time} ahead", behind: "{time} slow" },
  odd: { version: "version {theirs}, this asura has {ours}", late: "its checks start {time} late", spooled: { one: "{n} result waits to be delivered", other: "{n} results wait to be delivered" }, lost: { one: "{n} result lost", other: "{n} results lost" }, refused: { one: "{n} result refused", other: "{n} results refused" } },
  regions: { title: "Regions", caption: "The regions beside each other", columns: { region: "Region", vote: "Vote", online: "Probes online", monitors: "Monitors", failing: "Failing" }, online: "{n} of {all}", more: { one: "and {n} more", other: "and {n} more" } },
  list: { title: "Probes", columns: { name: "Probe", state: "State", seen: "Last seen", clock: "Clock", behind: "Behind", rate: "Checks/s", monitors: "Monitors" }, never: "never", shared: "shared key" },
  menu: { label: "What to do with {name}", rename: "Rename", rotate: "New key", revoke: "Revoke" },
  rename: { title: "Rename {name}", name: "Name", save: "Save", done: "It is called {name} now." },
  rotate: { title: "A new key for {name}?", text: "The key that it has ends at once. It is silent until it is started with the new one.", yes: "Make a new key" },
  revoke: { title: "Revoke {name}?", text: "It is refused at once and leaves the list. What it found stays.", last: "It is the only probe of {region}: this region has no vote any more, and monitors that are checked from there alone become unknown.", shared: "It came by the shared key and enrols itself again while its process runs: stop the process, or change the shared key.", yes: "Revoke {name}", done: "{name} is revoked." },
  form: { region: "Region", regionHelp: "Where it stands. Several probes of one region share the work.", regionHint: "eu-west", name: "Name", nameHelp: "To tell it from others of its region; may stay empty.", regionFault: "1 to 64 letters, digits, dots, dashes or underscores, please.", regionLocal: "This is the region of asura itself.", loopback: "This page comes from {address}, which a probe elsewhere cannot reach. Unless they are set already, it needs server.listen and server.external_url in the configuration, then a restart.", create: "Make its key" },
  ready: {
    title: "Start {name}", text: "Copy the asura executable to that machine in {region} (./dev binary makes dist/asura), for the same processor, to /usr/local/bin/asura. The key is shown only now.", ways: "How it is started", way: { command: "Command", systemd: "systemd", compose: "Compose", key: "Key alone" }, copy: "what starts it", done: "Done",
    waiting: "Waiting for it to call…", there: { one: "It is there: {n} monitor.", other: "It is there: {n} monitors." }, thereNone: "It is there. No monitor is checked from {region} yet.", blind: "It is there, but it cannot see: {why}",
    loopback: "A probe elsewhere cannot reach {address}: it needs server.listen and server.external_url in the configuration, then a restart.",
  },
});
