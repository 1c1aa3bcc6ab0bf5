/** Where the reader is: the address is the state, so every page, filter and tab can be linked. */
import { computed, signal } from "@preact/signals";
import { options } from "preact";
import { BASE, under } from "../api/base";
import { match } from "../domain/routes";

interface Place {
  path: string;
  query: URLSearchParams;
}

/** The address, below the base path. */
export const place = signal<Place>(read());
/** The page that the address names. */
export const route = computed(() => match(place.value.path));

/** Asked before another page is gone to; true when it takes the move into its own hands, to `proceed` later or never. */
export type Gate = (proceed: () => void) => boolean;

let gate: Gate | null = null;
/** How far into this tab's history the reader is; kept in the history itself, so that a step back can be undone. */
let depth = depthOf(history.state);

/** Sets or removes what is asked before a page is left. */
export function setGate(asked: Gate | null): void {
  gate = asked;
}

/** Goes to an address ("/incidents?status=resolved"); `replace` leaves no trace in the history. */
export function go(to: string, options: { replace?: boolean } = {}): void {
  const before = place.peek().path;
  if (pathIn(to) !== before && gate?.(() => move(to, before, options))) return;
  move(to, before, options);
}

function move(to: string, before: string, options: { replace?: boolean }): void {
  if (!options.replace) depth += 1;
  history[options.replace ? "replaceState" : "pushState"]({ depth }, "", under(to));
  place.value = read();
  if (place.peek().path !== before) scrollTo(0, 0);
}

/** Changes only the query of the address. */
export function setQuery(query: URLSearchParams, options: { replace?: boolean } = {}): void {
  go(addressOf(place.peek().path, query), options);
}

/** A path with a query, for links. */
export function addressOf(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Links are written as paths below the base path; they are made whole as they are drawn, so that a new tab finds them too. */
function wholeLinks(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    if (vnode.type === "a") {
      const props = vnode.props as { href?: unknown };
      if (typeof props.href === "string" && props.href.startsWith("/") && !props.href.startsWith(BASE)) props.href = under(props.href);
    }
    before?.(vnode);
  };
}

/** Follows the back button and turns clicks on links of the dashboard into moves within the page. */
export function startRouter(): void {
  if (BASE !== "/") wholeLinks();
  addEventListener("popstate", onStep);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
    if (!link || !isOurs(event, link)) return;
    event.preventDefault();
    go(link.pathname.slice(BASE.length - 1) + link.search);
  });
}

/** A step back or forward has happened already: when the page asks first, it is taken back until there is an answer. */
function onStep(event: PopStateEvent): void {
  const to = depthOf(event.state);
  const steps = to - depth;
  const arrive = () => {
    depth = to;
    place.value = read();
  };
  if (steps === 0 || read().path === place.peek().path) return arrive();
  const asks = gate?.(() => {
    gate = null;
    history.go(steps);
  });
  if (asks) history.go(-steps);
  else arrive();
}

function depthOf(state: unknown): number {
  const kept = (state as { depth?: unknown } | null)?.depth;
  return typeof kept === "number" ? kept : 0;
}

function pathIn(address: string): string {
  return address.replace(/[?#].*$/, "");
}

function isOurs(event: MouseEvent, link: HTMLAnchorElement): boolean {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin || link.hash !== "") return false;
  return link.pathname.startsWith(BASE) && match(link.pathname.slice(BASE.length - 1)).page !== "missing";
}

function read(): Place {
  const path = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length - 1) : location.pathname;
  return { path, query: new URLSearchParams(location.search) };
}
