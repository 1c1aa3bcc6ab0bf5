/** What is said about those who are told by a status page. */
import { words } from "./catalogue";

export const w = words("subscribers", {
  count: { one: "{n} subscriber", other: "{n} subscribers" }, counts: "{n} {way}", waiting: { one: "{n} has not confirmed yet", other: "{n} have not confirmed yet" }, search: "Search by address", exportAs: "Export as CSV", exporting: "Exporting…", add: "Add a subscriber", way: "Way", address: "Address", ways: { email: "E-mail", webhook: "Webhook", slack: "Slack", discord: "Discord" },
  addressHelp: { email: "It gets a mail with a link, and is told from its click on.", webhook: "Gets each post as JSON.", slack: "The address of an incoming webhook.", discord: "The address of a webhook of the channel." },
  all: "everything", some: { one: "{n} component", other: "{n} components" }, unconfirmed: "not confirmed", since: "since {date}", remove: "Delete", removeOf: "Delete {address}", removed: "{address} is deleted", added: "{address} is told from now on.", asked: "{address} gets a mail, and is told once it is confirmed.", failing: "not reached since {date}", none: "Nobody has subscribed yet", noneText: "Visitors subscribe on the page, by mail or webhook. They confirm it, and can end it with one click.", noHit: "No address is like that.", save: "Add", cancel: "Cancel", masked: "Addresses are shown to editors only.", file: "subscribers", more: "Only the first {n} are shown; the export has all.",
});
