/** Which rows of the list of monitors are shown, and in which order. The address carries them. */
import type { OverviewRow } from "../api/types";
import { isProblem, urgency } from "./status";

export const SORTS = ["urgency", "name", "uptime", "latency", "change"] as const;
export type Sort = (typeof SORTS)[number];

/** What the list is narrowed to and how it is ordered. `status` may also be "problems"; of types and groups one has to fit, of tags all. */
export interface Filters {
  status: string;
  types: readonly string[];
  tags: readonly string[];
  /** "" is for those that have none. */
  groups: readonly string[];
  q: string;
  sort: Sort;
}

export const NO_FILTERS: Filters = { status: "", types: [], tags: [], groups: [], q: "", sort: "urgency" };

/** The names of the filters in the address. */
const NAMES: Record<keyof Filters, string> = { status: "status", types: "type", tags: "tag", groups: "group", q: "q", sort: "sort" };

/** The filters that an address carries. */
export function readFilters(query: URLSearchParams): Filters {
  const sort = query.get("sort") as Sort;
  return {
    status: query.get("status") ?? "", q: query.get("q") ?? "",
    types: query.getAll("type"), tags: query.getAll("tag"), groups: query.getAll("group"),
    sort: SORTS.includes(sort) ? sort : "urgency",
  };
}

/** An address query with these filters instead of its own; other parameters stay. */
export function writeFilters(query: URLSearchParams, filters: Partial<Filters>): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [field, value] of Object.entries(filters) as [keyof Filters, string | readonly string[]][]) {
    const name = NAMES[field];
    next.delete(name);
    if (typeof value !== "string") value.forEach((one) => next.append(name, one));
    else if (value !== NO_FILTERS[field]) next.set(name, value);
  }
  return next;
}

/** Whether anything is narrowed; an order alone hides nothing. */
export function narrowed(filters: Filters): boolean {
  return filters.status !== "" || filters.q !== "" || filters.types.length + filters.tags.length + filters.groups.length > 0;
}

/** A list with one value put in, or taken out when it was there. */
export function toggled(values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
}

/** The rows that pass, in the order wanted; within equals by name. Rows must come sorted by name. */
export function select(rows: readonly OverviewRow[], filters: Filters): OverviewRow[] {
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  const fit = rows.filter((row) => passes(row, filters, words));
  if (filters.sort === "name") return fit;
  if (filters.sort === "urgency") return byUrgency(fit);
  const key = KEYS[filters.sort];
  // Sorting keeps the order of equals, and a key per row is asked for once.
  return fit.map((row) => [key(row), row] as const).sort((a, b) => a[0] - b[0]).map(([, row]) => row);
}

/** The most urgent first; the rest stays as it came. */
export function byUrgency(rows: readonly OverviewRow[]): OverviewRow[] {
  const buckets: OverviewRow[][] = [];
  for (const row of rows) (buckets[urgency(row.status)] ??= []).push(row);
  return buckets.flat();
}

/** What an order compares, the smallest first; what has no figure comes last. */
const KEYS: Record<Exclude<Sort, "name" | "urgency">, (row: OverviewRow) => number> = {
  uptime: (row) => row.uptime_24h_ratio ?? 2,
  latency: (row) => -(row.last_ms ?? -1),
  change: (row) => (row.since === null ? 1 : -Date.parse(row.since)),
};

function passes(row: OverviewRow, filters: Filters, words: readonly string[]): boolean {
  if (filters.status === "problems" ? !isProblem(row.status) : filters.status !== "" && row.status !== filters.status) return false;
  if (filters.types.length > 0 && !filters.types.includes(row.type)) return false;
  if (filters.groups.length > 0 && !filters.groups.includes(row.group ?? "")) return false;
  if (filters.tags.length > 0 && !filters.tags.every((tag) => row.tags.includes(tag))) return false;
  if (words.length === 0) return true;
  const text = searchable(row);
  return words.every((word) => text.includes(word));
}

const texts = new WeakMap<OverviewRow, string>();

/** What a row can be found by; made once a row, because every key press asks for all of them. */
function searchable(row: OverviewRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = [row.name, row.slug, row.target, row.type, row.group, ...row.tags].join("\n").toLowerCase();
  texts.set(row, text);
  return text;
}

/** How often each value occurs, most frequent first, then by name. */
export function tally(values: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

const collator = typeof Intl === "undefined" ? null : new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The order of words: "Node 2" before "Node 10". */
export function compare(a: string, b: string): number {
  return collator ? collator.compare(a, b) : a < b ? -1 : a === b ? 0 : 1;
}

/** The order of names. */
export function byName(a: { name: string; id: number }, b: { name: string; id: number }): number {
  return compare(a.name, b.name) || a.id - b.id;
}
