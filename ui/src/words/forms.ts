/** What forms say, whatever they are about. */
import { words } from "./catalogue";

export const w = words("forms", {
  leave: { title: "Leave without saving?", text: "What you changed on this page is not saved and will be lost.", leave: "Leave and lose it", stay: "Stay here" },
  problems: { one: "{n} value is refused. Nothing is saved yet.", other: "{n} values are refused. Nothing is saved yet." },
  line: "Line {n}: {text}",
  within: "{name}: {text}",
  usual: "usually {value}",
  optional: "optional",
  empty: "Nothing",
  yes: "yes", no: "no",
  more: "More settings", changed: { one: "{n} changed", other: "{n} changed" },
  duration: "Write it like 90 s, 5 min or 1 h 30 min.", number: "This is no number.",
  perLine: "One on each line.",
  add: "Add", remove: "Remove {name}", removeRow: "Remove",
  name: "Name", value: "Value",
  nameOf: "Name of entry {n}", valueOf: "Value of entry {n}",
  secret: {
    kept: "Stored, and never shown again", replace: "Replace", remove: "Remove", keep: "Keep the stored one", keptRow: "stored; type to replace", show: "Show", hide: "Hide",
    gone: "Taken out with the next save.",
  },
  none: "None",
  chips: { tags: "Type a tag, then Enter", monitors: "Type the name of a monitor", unknown: "There is no such monitor." },
  channels: {
    defaults: "None chosen: told are the default channels, {names}.", noDefault: "None chosen, and no channel is a default: nobody is told.",
    none: "There is no channel yet, so nobody can be told.", add: "Add a channel", off: "switched off", byDefault: "default",
  },
  assertions: {
    add: "Add an expectation", none: "Nothing in particular: {usual}.", row: "Expectation {n}", on: "What", op: "How it is compared", value: "With", name: "Which header", path: "Which part", severity: "Else it is",
    header: "Header, like Content-Type", json: "Path, like $.status", values: "Values, with commas between", remove: "Remove expectation {n}", match: "Must hold:", all: "all of them", any: "any of them", moved: "Expectation {n} was removed.",
    status: "a status from 200 to 399", answer: "any answer will do",
    subjects: { status: "Status", header: "Header", body: "Body", json: "JSON", response_time: "Response time (ms)", certificate_days: "Days of the certificate", answer: "Answer", rcode: "Response code", loss: "Loss (0 to 1)", jitter: "Jitter (ms)", protocol: "TLS version" },
    ops: {
      eq: "is", ne: "is not", lt: "is less than", le: "is at most", gt: "is more than", ge: "is at least", in: "is one of", not_in: "is none of", contains: "contains", not_contains: "does not contain",
      matches: "matches the pattern", not_matches: "does not match the pattern", exists: "is there", not_exists: "is not there",
    },
    severities: { down: "else down", degraded: "else degraded" },
  },
  schedule: {
    legend: "When it is expected", every: "Again and again", cron: "By a cron schedule", calendar: "By an OnCalendar schedule", zone: "Time zone",
    next: "The next five runs", zoneNote: "in {zone}", never: "It never comes again.", wait: "Working it out…", write: "Write a schedule, and its next runs stand here.",
  },
});
