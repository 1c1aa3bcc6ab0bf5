/** Monitors that belong together, with what the worst of them says. */
import type { OverviewRow, Status } from "../api/types";
import { compare, tally } from "./filters";
import { isProblem, urgency } from "./status";

/** A group of monitors; `key` is "" for those that belong to none. */
export interface Group {
  key: string;
  rows: readonly OverviewRow[];
  worst: Status;
  problems: number;
  uptime: number | null;
  strip: string;
}

/** What monitors are summed up by. */
export type Dimension = "group" | "tag" | "type";

const CALM: ReadonlySet<Status> = new Set(["maintenance", "paused"]);

/** The groups of some rows, the worst first, then by name; what belongs nowhere comes last. A row with several tags counts in each. */
export function groupsOf(rows: readonly OverviewRow[], by: Dimension = "group", order: "worst" | "name" = "worst"): Group[] {
  const found = new Map<string, OverviewRow[]>();
  for (const row of rows) {
    for (const key of keysOf(row, by)) {
      const known = found.get(key);
      if (known) known.push(row);
      else found.set(key, [row]);
    }
  }
  const groups = [...found].map(([key, members]) => summed(key, members));
  return groups.sort((a, b) => Number(a.key === "") - Number(b.key === "") || (order === "worst" ? heat(b) - heat(a) : 0) || compare(a.key, b.key));
}

/** By what these monitors are best summed up: groups when most have one, else tags, else types. */
export function dimensionOf(rows: readonly OverviewRow[]): Dimension {
  const having = (has: (row: OverviewRow) => boolean) => rows.reduce((sum, row) => sum + Number(has(row)), 0) * 2 > rows.length;
  if (having((row) => row.group !== null)) return "group";
  if (having((row) => row.tags.length > 0)) return "tag";
  return "type";
}

/** The state a group shows: that of its worst member; what rests only counts when all rest. */
export function worstOf(rows: readonly OverviewRow[]): Status {
  let worst: Status = rows[0]?.status ?? "pending";
  for (const { status } of rows) if (urgency(status) < urgency(worst)) worst = status;
  return worst;
}

/** How many members are in each state that deserves a word, the most urgent first. */
export function notable(rows: readonly OverviewRow[]): [Status, number][] {
  const counts = tally(rows.map((row) => row.status)) as [Status, number][];
  return counts.filter(([status]) => status !== "up").sort((a, b) => urgency(a[0]) - urgency(b[0]));
}

// Worst first: the order in which one letter covers another when strips are laid over each other.
const COVERS = "dnglkump.";

/** In a large group one member in fifty has to agree, or each single failure would paint all of them. */
const SHARE = 0.02;

/** The worst of each moment over many strips; resting monitors do not hide working ones. */
export function worstStrip(strips: readonly string[]): string {
  const counted = tally(strips);
  const length = Math.max(0, ...counted.map(([strip]) => strip.length));
  const needed = Math.max(1, Math.ceil(strips.length * SHARE));
  return Array.from({ length }, (_, at) => worstAt(counted, at, needed)).join("");
}

/** The worst letter that so many are at, or worse than. */
function worstAt(counted: readonly (readonly [strip: string, count: number])[], at: number, needed: number): string {
  const sums = new Array<number>(COVERS.length).fill(0);
  for (const [strip, count] of counted) sums[rank(strip.charAt(at))] = (sums[rank(strip.charAt(at))] ?? 0) + count;
  let seen = 0;
  const found = sums.findIndex((sum) => (seen += sum) >= needed);
  return COVERS.charAt(found);
}

function rank(letter: string): number {
  const found = COVERS.indexOf(letter);
  return found === -1 || letter === "" ? COVERS.length - 1 : found;
}

function keysOf(row: OverviewRow, by: Dimension): readonly string[] {
  if (by === "tag") return row.tags.length > 0 ? row.tags : [""];
  return [by === "type" ? row.type : row.group ?? ""];
}

function summed(key: string, rows: readonly OverviewRow[]): Group {
  const ratios = rows.flatMap((row) => row.uptime_24h_ratio ?? []);
  return {
    key, rows, worst: worstOf(rows),
    problems: rows.reduce((sum, row) => sum + Number(isProblem(row.status)), 0),
    uptime: ratios.length === 0 ? null : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    strip: worstStrip(rows.map((row) => row.strip)),
  };
}

/** How much a group needs a look: its worst state, and then how many are in trouble. */
function heat(group: Group): number {
  return (CALM.has(group.worst) ? 0 : 20 - urgency(group.worst)) * 10_000 + group.problems;
}
