/** What a key means, after the one before it. */

export type Action = "help" | "search" | "add" | "overview" | "incidents" | "settings";

const SINGLE: Record<string, Action> = { "?": "help", "/": "search", n: "add" };
const AFTER_G: Record<string, Action> = { o: "overview", i: "incidents", s: "settings" };

/** The action of a key, and the prefix that waits for the next one. */
export function nextKey(prefix: string, key: string): { action: Action | null; prefix: string } {
  if (prefix === "g") return { action: AFTER_G[key] ?? null, prefix: "" };
  if (key === "g") return { action: null, prefix: "g" };
  return { action: SINGLE[key] ?? null, prefix: "" };
}

/** All shortcuts, for the help. */
export const SHORTCUTS: readonly { keys: readonly string[]; action: Action }[] = [
  { keys: ["/"], action: "search" },
  { keys: ["n"], action: "add" },
  { keys: ["g", "o"], action: "overview" },
  { keys: ["g", "i"], action: "incidents" },
  { keys: ["g", "s"], action: "settings" },
  { keys: ["?"], action: "help" },
];
