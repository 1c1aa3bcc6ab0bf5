/** What the pages say on which monitors and channels are made and changed. */
import { words } from "./catalogue";

export const w = words("editing", {
  crumb: { monitors: "Monitors", notifications: "Notifications" },
  newMonitor: "New monitor", copyOf: "A copy of {name}", edit: "Edit {name}", copyName: "{name} (copy)",
  lead: "A web address, a host with a port, or a name to ping is enough. Everything else has a good default.",
  address: { label: "Address", hint: "https://example.com, example.com:22, ping 1.1.1.1, MX example.com", unclear: "This does not look like an address yet.", will: "{type}: {target}" },
  check: "Check", jobName: "Nightly backup", jobHelp: "What the job is called. The address that it calls comes with saving.",
  groups: { judging: "When it counts as down", telling: "Who is told", sorting: "How it is found, and what it means", expect: "What is expected", settings: "{type} settings", rest: "More" },
  expectation: { one: "{n} expectation", other: "{n} expectations" },
  digest: "{label}: {value}", digestAll: "{text}…", expectNothing: "Status, body, JSON, time…",
  save: "Save", saving: "Saving…", another: "Save and add another", cancel: "Cancel", duplicate: "Duplicate",
  hint: "{key} saves", saved: "{name} is saved.", watched: "{name} is watched from now on.", open: "Open", nothing: "Nothing was changed.",
  readOnly: { file: "The configuration file manages this, so it is changed there. Here it can be looked at.", role: "You may look at this, but not change it." },
  mayNot: "You may not add anything here", mayNotText: "Your role looks, and changes nothing. Somebody with the role editor can add it.",
  missing: "This is not there, or not any more.",
  tryOut: {
    title: "Does it work?", text: "Checks once with what stands in the form. Nothing is saved.", run: "Check now", running: "Checking…", works: "It works", fails: "It does not work yet", slow: "It works, with a remark", unsure: "It cannot be told",
    stale: "The form has changed since.", wrong: "It cannot be checked yet: the form has the reasons.",
    passive: "Nothing to try", passiveText: "A heartbeat waits for pings. With saving it gets an address, and lines to copy for cron, systemd, PowerShell and more.",
  },
  conflict: {
    title: "Somebody else changed it", text: "While you were at it, {name} was changed by somebody else: {fields}.", textAny: "While you were at it, {name} was changed by somebody else.",
    mine: "Save mine", mineText: "Your changes are made to what is there now.", theirs: "Load theirs", theirsText: "Your changes are lost.", gone: "It was deleted meanwhile.",
  },
  channel: {
    newTitle: "New channel", lead: "A channel tells people when something goes down and when it is well again.", types: "How should it tell you?", otherType: "Another type", name: "Name",
    send: "Does it arrive?", sendText: "Sends a test message with what stands in the form. Nothing is saved.", run: "Send a test", running: "Sending…", arrived: "Sent", arrivedText: "The provider took it after {ms} ms. Look whether it has arrived.", failed: "It was not sent",
    tells: "What it tells, and for whom", usedBy: "Used by", byDefault: "As a default channel: by every monitor that names no channel of its own.", nobody: "No monitor names it.", notAtAll: "No monitor names it, and it is no default: it tells nobody anything.", offNote: "It is switched off: nothing is sent.",
    remove: "Delete", removeTitle: "Delete {name}?", removeText: "Nobody is told by it any more, and what waits to be sent is not sent. This cannot be undone.", removed: "{name} is deleted.",
    about: { email: "Mails, by your SMTP server", webhook: "A signed JSON document to an address of yours", slack: "A message in a Slack channel", discord: "A message in a Discord channel", telegram: "A message from your bot", ntfy: "A push message to phones that subscribe to a topic", apprise: "A hundred other services, by their Apprise address" },
    settings: "Where it sends", deliveries: "Deliveries",
  },
});
