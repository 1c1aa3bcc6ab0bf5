/** What is said about doing one thing to many monitors. */
import { words } from "./catalogue";

export const w = words("bulk", {
  working: { one: "Working on {n} monitor", other: "Working on {n} monitors" },
  stop: "Stop",
  which: "Which?",
  refused: { one: "{n} of {all} monitors could not be changed", other: "{n} of {all} monitors could not be changed" },
  reportTitle: { one: "{n} monitor could not be changed", other: "{n} monitors could not be changed" },
});
