/** Shortcuts: one key, or `g` and a second one. They rest while somebody types. */
import { signal } from "@preact/signals";
import { nextKey } from "../domain/shortcuts";
import { go, place, setQuery } from "./place";

/** Whether the list of shortcuts is on screen. */
export const helpOpen = signal(false);

/** Listens for shortcuts. */
export function startKeyboard(): void {
  let prefix = "";
  addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const step = nextKey(prefix, event.key);
    prefix = step.prefix;
    if (step.action === null) return;
    event.preventDefault();
    ACTIONS[step.action]();
  });
}

/** Opens the dialog that adds a monitor; it is part of the address, so the back button closes it. */
export function openAdd(): void {
  const query = new URLSearchParams(place.peek().query);
  query.set("add", "1");
  setQuery(query);
}

const ACTIONS = {
  help: () => (helpOpen.value = true),
  search: focusSearch,
  add: openAdd,
  overview: () => go("/"),
  incidents: () => go("/incidents"),
  settings: () => go("/settings"),
};

function focusSearch(): void {
  if (place.peek().path !== "/") go("/");
  // The overview may have to be drawn first.
  setTimeout(() => document.querySelector<HTMLInputElement>("input[type=search]")?.focus());
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
