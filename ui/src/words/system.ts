/** What is said about all of asura: that it is a demo, that nothing is sent since a restore, and its backups. */
import { words } from "./catalogue";

export const w = words("system", {
  demo: "This is a demo: everything here is made up, and nothing is sent.",
  held: "This asura was restored from a backup {ago}. It watches, and tells nobody until it is released.",
  heldAdmin: "An admin can release it.",
  release: "Send messages again…",
  dialog: {
    title: "Send messages again?",
    text: "The asura that made the backup may still run, or may have sent what waits here. Make sure that only one of the two tells people.",
    waiting: { one: "{n} message waits.", other: "{n} messages wait." },
    which: "Which of them go out",
    new: "Those written since the restore",
    all: "All, also those that were waiting in the backup",
    none: "None: only what happens from now on",
    yes: "Send again",
    done: "Messages go out again.",
    doneDropped: { one: "Messages go out again. {n} old one was dropped.", other: "Messages go out again. {n} old ones were dropped." },
  },
  backups: {
    title: "Backups", lead: "One file each: the database, and the key that opens what is sealed in it. Each is verified as it is made.", make: "Back up now", state: "How it goes",
    running: "A backup is being made", failed: "The last try failed", last: "Last good backup", schedule: "By itself", every: "every {time}", soon: "the next one is due now", next: "the next one {at}",
    howTo: "Not yet: put this into the configuration file, and restart.",
    none: "No backup yet", noneText: "A backup made now can be restored on any machine.",
    columns: { name: "File", at: "Made", size: "Size", how: "Kept" }, encrypted: "encrypted", plain: "not encrypted", uploaded: "uploaded",
    download: "Download", downloadOf: "Download {name}", remove: "Delete", removeOf: "Delete {name}", removeTitle: "Delete {name}?", removeText: "It cannot be brought back. Copies elsewhere stay.", removed: "{name} is deleted.",
    whyNot: "Only encrypted backups can be downloaded: others give all secrets away. Copy them on the server, or set:",
    restore: "To restore one, stop asura and run",
  },
});
