/** What is said about those who are told by a status page. */
import { words } from "./catalogue";

export const w = words("subscribers", {
  count: { one: "{n} subscriber", other: "{n} subscribers" }, counts: "{n} {way}", waiting: { one: "{n} has not confirmed yet", other: "{n} have not confirmed yet" }, search: "Search by address", exportAs: "Export as CSV", exporting: "Exporting…", add: "Add a subscriber", way: "Way", address: "Address", ways: { email: "E-mail", webhook: "Webhook", slack: "Slack", discord: "Discord" },
  addressHelp: { email: "It is told everything from now on, without being asked to confirm. Add only who has agreed.", webhook: "Gets each post as JSON.", slack: "The address of an incoming webhook.", discord: "The address of a webhook of the channel." },
  all: "everything", some: { one: "{n} component", other: "{n} components" }, unconfirmed: "not confirmed", since: "since {date}", remove: "Delete", removeOf: "Delete {address}", removed: "{address} is deleted", added: "{address} is told from now on.", none: "Nobody has subscribed yet", noneText: "Visitors subscribe on the page, by mail or webhook. They confirm it, and can end it with one click.", noHit: "No address is like that.", save: "Add", cancel: "Cancel", masked: "Addresses are shown to editors only.", file: "subscribers", more: "Only the first {n} are shown; the export has all.",
});
