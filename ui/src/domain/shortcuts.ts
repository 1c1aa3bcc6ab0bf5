/** What a key means, after the one before it. */

export type Action =
  | "help" | "search" | "add" | "overview" | "monitors" | "incidents" | "notifications" | "statusPages" | "maintenance" | "probes" | "settings"
  | "down" | "up" | "select" | "edit" | "pause" | "clear"
  | "acknowledge" | "snooze" | "resolve";

const SINGLE: Record<string, Action> = {
  "?": "help", "/": "search", n: "add", j: "down", k: "up", x: "select", e: "edit", p: "pause", Escape: "clear",
  a: "acknowledge", s: "snooze", r: "resolve",
};
const AFTER_G: Record<string, Action> = { o: "overview", m: "monitors", i: "incidents", n: "notifications", p: "statusPages", w: "maintenance", r: "probes", s: "settings" };

/** The action of a key, and the prefix that waits for the next one. */
export function nextKey(prefix: string, key: string): { action: Action | null; prefix: string } {
  if (prefix === "g") return { action: AFTER_G[key] ?? null, prefix: "" };
  if (key === "g") return { action: null, prefix: "g" };
  return { action: SINGLE[key] ?? null, prefix: "" };
}

/** One line of the help. A key that is pressed together with Ctrl, or Cmd on a Mac, is written so. */
export interface Shortcut {
  keys: readonly string[];
  action: Action | "palette" | "open" | "range" | "note";
}

/** All shortcuts, for the help: what works everywhere, where one can go, and what the list of monitors and an incident know. */
export const SHORTCUTS: Readonly<Record<"everywhere" | "going" | "list" | "incident", readonly Shortcut[]>> = {
  everywhere: [
    { keys: ["Ctrl K"], action: "palette" },
    { keys: ["/"], action: "search" },
    { keys: ["n"], action: "add" },
    { keys: ["?"], action: "help" },
  ],
  going: [
    { keys: ["g", "o"], action: "overview" },
    { keys: ["g", "m"], action: "monitors" },
    { keys: ["g", "i"], action: "incidents" },
    { keys: ["g", "n"], action: "notifications" },
    { keys: ["g", "p"], action: "statusPages" },
    { keys: ["g", "w"], action: "maintenance" },
    { keys: ["g", "r"], action: "probes" },
    { keys: ["g", "s"], action: "settings" },
  ],
  list: [
    { keys: ["j"], action: "down" },
    { keys: ["k"], action: "up" },
    { keys: ["Enter"], action: "open" },
    { keys: ["x"], action: "select" },
    { keys: ["Shift x"], action: "range" },
    { keys: ["e"], action: "edit" },
    { keys: ["p"], action: "pause" },
    { keys: ["Esc"], action: "clear" },
  ],
  incident: [
    { keys: ["a"], action: "acknowledge" },
    { keys: ["n"], action: "note" },
    { keys: ["s"], action: "snooze" },
    { keys: ["r"], action: "resolve" },
  ],
};
