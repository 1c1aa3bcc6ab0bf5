/** What the command palette offers for what was typed. */
import type { Incident, OverviewRow, Status } from "../api/types";
import { score } from "./fuzzy";
import { isProblem, urgency } from "./status";

/** One thing that can be chosen. */
export interface Choice {
  key: string;
  section: Section;
  text: string;
  /** Said more quietly beside it. */
  more?: string | undefined;
  status?: Status | undefined;
  /** Where it leads, for what is a place. */
  to?: string;
  run?(): unknown;
  /** Words by which it is found too. */
  also?: string;
}

export type Section = "current" | "trouble" | "actions" | "pages" | "monitors" | "incidents";

const MOST_TROUBLE = 6;
const MOST_MONITORS = 30;
const MOST_INCIDENTS = 8;

/** What is offered before anything is typed: what this page is about, who is in trouble, and where one can go. */
export function atFirst(fixed: readonly Choice[], rows: readonly OverviewRow[], pathTo: (row: OverviewRow) => string): Choice[] {
  const trouble = rows.filter((row) => isProblem(row.status)).sort((a, b) => urgency(a.status) - urgency(b.status));
  const of = (section: Section) => fixed.filter((choice) => choice.section === section);
  return [...of("current"), ...trouble.slice(0, MOST_TROUBLE).map((row) => rowChoice(row, "trouble", pathTo)), ...of("pages").slice(0, 5), ...of("actions")];
}

/** What fits, in sections; the section with the best hit comes first. */
export function found(query: string, from: { fixed: readonly Choice[]; rows: readonly OverviewRow[]; incidents: readonly Incident[]; pathTo(row: OverviewRow): string; incidentChoice(incident: Incident): Choice }): Choice[] {
  const typed = query.trim().toLowerCase();
  const hits = (choices: readonly Choice[]) => best(choices, (choice) => score(`${choice.text} ${choice.also ?? ""}`.toLowerCase(), typed), choices.length);
  const monitors = best(from.rows, (row) => score(searchText(row), typed), MOST_MONITORS);
  const incidents = best(from.incidents.map(from.incidentChoice), (choice) => score(choice.text.toLowerCase(), typed), MOST_INCIDENTS);
  const sections = [
    hits(from.fixed.filter((choice) => choice.section === "current")),
    monitors.map(([points, row]) => [points, rowChoice(row, "monitors", from.pathTo)] as const),
    incidents,
    hits(from.fixed.filter((choice) => choice.section === "pages")),
    hits(from.fixed.filter((choice) => choice.section === "actions")),
  ].filter((section) => section.length > 0);
  return sections.sort((a, b) => (b[0]?.[0] ?? 0) - (a[0]?.[0] ?? 0)).flatMap((section) => section.map(([, choice]) => choice));
}

function best<T>(all: readonly T[], points: (one: T) => number | null, most: number): (readonly [number, T])[] {
  const scored: (readonly [number, T])[] = [];
  for (const one of all) {
    const sum = points(one);
    if (sum !== null) scored.push([sum, one]);
  }
  return scored.sort((a, b) => b[0] - a[0]).slice(0, most);
}

function rowChoice(row: OverviewRow, section: Section, pathTo: (row: OverviewRow) => string): Choice {
  return { key: `${section} ${row.id}`, section, text: row.name, more: row.target || row.slug, status: row.status, to: pathTo(row) };
}

const texts = new WeakMap<OverviewRow, string>();

/** Made once a row, because every key press asks for all of them. */
function searchText(row: OverviewRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const text = [row.name, row.target, row.slug, row.group, ...row.tags].filter(Boolean).join(" ").toLowerCase();
  texts.set(row, text);
  return text;
}
