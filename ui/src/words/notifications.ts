/** What the page says on which people see what was told, and what was not. */
import { words } from "./catalogue";

export const w = words("notifications", {
  title: "Notifications", lead: "Who is told when something goes down, and whether it arrived.", add: "Add channel", views: "Views of notifications",
  tabs: { channels: "Channels", deliveries: "Deliveries", undelivered: "Undelivered", some: "Undelivered ({n})" },
  noChannel: "Nobody is told yet", noChannelText: "Without a channel, an outage is seen only by whoever looks at this dashboard. Mail, chat or push: the first one takes a minute.",
  columns: { channel: "Channel", last: "Last delivery", day: "24 hours", on: "On" },
  byDefault: "default", file: "from the configuration file", off: "switched off", on: "Switch {name} on or off",
  never: "nothing sent yet", sent: "arrived", refused: "did not arrive",
  opened: "Incident opened", day: { sent: { one: "{n} sent in 24\u202fh", other: "{n} sent in 24\u202fh" }, dead: { one: "{n} given up", other: "{n} given up" }, failing: { one: "{n} tried again", other: "{n} tried again" }, waiting: { one: "{n} waiting", other: "{n} waiting" }, nothing: "nothing in 24\u202fh" },
  turnedOn: "{name} is switched on.", turnedOff: "{name} is switched off. Nothing is sent by it.",
  status: { sent: "Arrived", pending: "Waiting", failed: "Tried again", dead: "Given up", dropped: "Not sent" },
  filters: { label: "Which deliveries", all: "All", channel: "Channel", anyChannel: "All channels", incident: "Incident\u00a0#{id}", clear: "All incidents" },
  none: "Nothing here", noneText: "Nothing was told that fits these filters.", nothingYet: "Nothing was told so far", nothingYetText: "When something goes down, what was sent to whom stands here, with the answer of each provider.",
  more: "Show older ones", to: "to {channel}", why: "{why}.", next: "Next attempt {at}.", attempts: "Attempts", times: { one: "{n} time: {text}", other: "{n} times, at last: {text}" }, incident: "Incident\u00a0#{id}", test: "asura itself",
  allArrived: "Everything arrived", allArrivedText: "Messages that a provider refuses, again and again, end up here. None has.",
  undelivered: { one: "{n} message did not arrive.", other: "{n} messages did not arrive." }, undeliveredMore: "More than {n} messages did not arrive.",
  retry: "Try again", retrying: "Trying…", retried: "It is tried again now.", retryAll: "Try all again", stop: "Stop", progress: "{n} of {all}", progressLabel: "How far it is", done: { one: "{n} is tried again.", other: "{n} are tried again." }, some: "{n} are tried again, {failed} could not be.",
});
