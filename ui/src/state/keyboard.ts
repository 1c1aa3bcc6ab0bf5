/** Shortcuts: one key, or `g` and a second one. They rest while somebody types and while a dialog is open. */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { nextKey, type Action } from "../domain/shortcuts";
import { pathTo } from "../domain/routes";
import { go, place } from "./place";

/** Whether the list of shortcuts is on screen. */
export const helpOpen = signal(false);
/** Whether the command palette is on screen. */
export const paletteOpen = signal(false);

type Handler = (event: KeyboardEvent) => void;

/** What the page on screen does on keys that mean nothing elsewhere. */
let pageKeys: Partial<Record<Action, Handler>> = {};

/** Listens for shortcuts. */
export function startKeyboard(): void {
  let prefix = "";
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") return openPalette(event);
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const step = nextKey(prefix, event.key.length === 1 && event.shiftKey ? event.key.toLowerCase() : event.key);
    prefix = step.prefix;
    const run = step.action === null ? undefined : pageKeys[step.action] ?? ACTIONS[step.action];
    if (!run) return;
    event.preventDefault();
    run(event);
  });
}

/** While the component is drawn, its page answers these keys; they come before what the keys mean everywhere. */
export function usePageKeys(keys: Partial<Record<Action, Handler>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  // With what is drawn: whoever sees the page may press a key before the next frame.
  useLayoutEffect(() => {
    const names = Object.keys(latest.current) as Action[];
    const mine = Object.fromEntries(names.map((name) => [name, (event: KeyboardEvent) => latest.current[name]?.(event)]));
    pageKeys = mine;
    return () => {
      if (pageKeys === mine) pageKeys = {};
    };
  }, []);
}

/** Goes to the form that makes a monitor. */
export function openAdd(): void {
  go(pathTo("newMonitor"));
}

const ACTIONS: Partial<Record<Action, Handler>> = {
  help: () => (helpOpen.value = true),
  search: focusSearch,
  add: openAdd,
  overview: () => go("/"),
  monitors: () => go("/monitors"),
  incidents: () => go("/incidents"),
  notifications: () => go("/notifications"),
  statusPages: () => go("/status-pages"),
  maintenance: () => go("/maintenance"),
  probes: () => go("/probes"),
  settings: () => go("/settings"),
};

function openPalette(event: KeyboardEvent): void {
  event.preventDefault();
  // Over another dialog it would hide what that one asks.
  if (paletteOpen.peek() || !document.querySelector("dialog[open]")) paletteOpen.value = !paletteOpen.peek();
}

function focusSearch(): void {
  if (place.peek().path !== "/monitors") go("/monitors");
  focusSoon(20);
}

/** The page with the search may have to be loaded and drawn first. */
function focusSoon(tries: number): void {
  const input = document.querySelector<HTMLInputElement>("main input[type=search]");
  if (input) input.focus();
  else if (tries > 0) setTimeout(() => focusSoon(tries - 1), 50);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && !/^(checkbox|radio|button)$/.test(target.type));
}
