/** The lines of the list: monitors, and between them the heads of their groups. */
import type { OverviewRow } from "../../api/types";
import { narrowed, type Filters } from "../../domain/filters";
import { groupsOf, type Group } from "../../domain/groups";

export type Line =
  | { kind: "row"; row: OverviewRow }
  | { kind: "group"; group: Group; folded: boolean };

/** With more monitors than this, groups in which all is well begin folded. */
const MANY = 60;

/** Whether the list stands in groups: as the address says, else when there are any and the order allows it. */
export function grouped(rows: readonly OverviewRow[], filters: Filters, by: string | null): boolean {
  if (by !== null) return by === "group";
  return (filters.sort === "urgency" || filters.sort === "name") && rows.some((row) => row.group !== null);
}

/** The lines for some rows, which come in their order. What was searched for is not hidden in a fold. */
export function linesOf(rows: readonly OverviewRow[], view: { filters: Filters; inGroups: boolean; folds: Readonly<Record<string, boolean>> }): Line[] {
  if (!view.inGroups) return rows.map(lineOf);
  const open = narrowed(view.filters);
  const many = rows.length > MANY;
  return groupsOf(rows, "group", view.filters.sort === "urgency" ? "worst" : "name").flatMap((group): Line[] => {
    const folded = !open && (view.folds[group.key] ?? (many && group.problems === 0));
    const head: Line = { kind: "group", group, folded };
    return folded ? [head] : [head, ...group.rows.map(lineOf)];
  });
}

const made = new WeakMap<OverviewRow, Line>();

/** One object for each row, so that what did not change is not drawn again. */
function lineOf(row: OverviewRow): Line {
  const known = made.get(row);
  if (known) return known;
  const line: Line = { kind: "row", row };
  made.set(row, line);
  return line;
}
