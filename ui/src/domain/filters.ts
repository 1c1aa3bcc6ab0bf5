/** The filters of the monitor list: read from and written to the address, and applied to rows. */
import type { OverviewRow } from "../api/types";
import { isProblem, urgency } from "./status";

/** What the list is narrowed to; empty strings mean everything. `status` may also be "problems". */
export interface Filters {
  status: string;
  type: string;
  tag: string;
  q: string;
}

export const NO_FILTERS: Filters = { status: "", type: "", tag: "", q: "" };

/** The filters that an address carries. */
export function readFilters(query: URLSearchParams): Filters {
  const of = (name: string) => query.get(name) ?? "";
  return { status: of("status"), type: of("type"), tag: of("tag"), q: of("q") };
}

/** An address query with these filters instead of its own; other parameters stay. */
export function writeFilters(query: URLSearchParams, filters: Partial<Filters>): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(filters)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

/** Whether anything is narrowed. */
export function narrowed(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== "");
}

/** The rows that pass, most urgent first, by name within a state. Rows must come sorted by name. */
export function select(rows: readonly OverviewRow[], filters: Filters): OverviewRow[] {
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  const buckets: OverviewRow[][] = [];
  for (const row of rows) {
    if (!passes(row, filters, words)) continue;
    (buckets[urgency(row.status)] ??= []).push(row);
  }
  return buckets.flat();
}

function passes(row: OverviewRow, filters: Filters, words: readonly string[]): boolean {
  if (filters.status === "problems" ? !isProblem(row.status) : filters.status !== "" && row.status !== filters.status) return false;
  if (filters.type !== "" && row.type !== filters.type) return false;
  if (filters.tag !== "" && !row.tags.includes(filters.tag)) return false;
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

/** The order of names: "Node 2" before "Node 10". */
export function byName(a: { name: string; id: number }, b: { name: string; id: number }): number {
  return (collator ? collator.compare(a.name, b.name) : a.name < b.name ? -1 : 1) || a.id - b.id;
}
