/** What the command palette offers for what was typed. */
import type { Incident, OverviewRow, Status } from "../api/types";
import { score, typedWords } from "./fuzzy";
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
  return [...of("current"), ...trouble.slice(0, MOST_TROUBLE).map((row) => rowChoice(row, "trouble", pathTo)), ...of("pages").slice(0, 8), ...of("actions")];
}

/** What fits, in sections; the section with the best hit comes first. */
export function found(query: string, from: { fixed: readonly Choice[]; rows: readonly OverviewRow[]; incidents: readonly Incident[]; pathTo(row: OverviewRow): string; incidentChoice(incident: Incident): Choice }): Choice[] {
  const words = typedWords(query);
  const points = (choice: Choice) => score(`${choice.text} ${choice.also ?? ""}`.toLowerCase(), words, choice.text.length);
  const hits = (choices: readonly Choice[]) => best(choices, points, choices.length);
  const monitors = best(from.rows, (row) => score(searchText(row), words, row.name.length), MOST_MONITORS);
  // A monitor is meant more often than what happened to it.
  const incidents = best(from.incidents.map(from.incidentChoice), (choice) => less(points(choice)), MOST_INCIDENTS);
  const sections = [
    hits(from.fixed.filter((choice) => choice.section === "current")),
    monitors.map(([points, row]) => [points, rowChoice(row, "monitors", from.pathTo)] as const),
    incidents,
    hits(from.fixed.filter((choice) => choice.section === "pages")),
    hits(from.fixed.filter((choice) => choice.section === "actions")),
  ].filter((section) => section.length > 0);
  return sections.sort((a, b) => (b[0]?.[0] ?? 0) - (a[0]?.[0] ?? 0)).flatMap((section) => section.map(([, choice]) => choice));
}

function less(points: number | null): number | null {
  return points === null ? null : points - 1;
}

/** The best few, the best first; of equals the one that came first. */
function best<T>(all: readonly T[], points: (one: T) => number | null, most: number): (readonly [number, T])[] {
  const kept: (readonly [number, T])[] = [];
  for (const one of all) {
    const sum = points(one);
    if (sum === null || (kept.length === most && sum <= (kept[most - 1]?.[0] ?? 0))) continue;
    let at = kept.length;
    while (at > 0 && (kept[at - 1]?.[0] ?? 0) < sum) at -= 1;
    kept.splice(at, 0, [sum, one]);
    if (kept.length > most) kept.pop();
  }
  return kept;
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
