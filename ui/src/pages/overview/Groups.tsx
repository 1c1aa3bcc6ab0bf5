/** A large installation summed up: one row for each group, tag or type, the worst first. */
import { useMemo } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { StatusIcon } from "../../components/StatusIcon";
import { Strip } from "../../components/Strip";
import { percent } from "../../domain/format";
import { NO_FILTERS, writeFilters } from "../../domain/filters";
import { dimensionOf, groupsOf, notable, type Dimension, type Group } from "../../domain/groups";
import { tone } from "../../domain/status";
import { addressOf } from "../../state/place";
import { t } from "../../words";
import { w } from "../../words/shell";

/** So many groups are shown; the list of monitors has them all. */
const MOST = 12;

export function Groups({ rows }: { rows: readonly OverviewRow[] }) {
  const by = useMemo(() => dimensionOf(rows), [rows]);
  const groups = useMemo(() => groupsOf(rows, by), [rows, by]);
  const shown = groups.length > MOST + 2 ? groups.slice(0, MOST) : groups;
  return (
    <section class="section" aria-label={w.groups[by]}>
      <div class="section-head"><h2>{w.groups[by]}</h2><a class="link small" href="/monitors">{w.all(rows.length)}</a></div>
      <ul class="card groups">
        {shown.map((group) => <li key={group.key}><GroupRow group={group} by={by} /></li>)}
        {groups.length > shown.length && <li class="more-row"><a class="link" href="/monitors">{w.moreGroups(groups.length - shown.length)}</a></li>}
      </ul>
    </section>
  );
}

function GroupRow({ group, by }: { group: Group; by: Dimension }) {
  const name = group.key === "" ? w.noGroup[by] : by === "type" ? t.types[group.key] ?? group.key : group.key;
  return (
    <a class="group-row" href={addressOf("/monitors", linkOf(group.key, by))}>
      <StatusIcon status={group.worst} label />
      <span class="name"><b>{name}</b><small>{w.members(group.rows.length)}</small></span>
      <GroupStates group={group} />
      <Strip letters={group.strip} />
      <span class="number faint">{percent(group.uptime)}</span>
    </a>
  );
}

/** What is not up in a group, in words; "all fine" when nothing is. */
export function GroupStates({ group }: { group: Group }) {
  const states = notable(group.rows);
  if (states.length === 0) return <span class="group-states soft">{w.allFine}</span>;
  return (
    <span class="group-states">
      {states.slice(0, 3).map(([status, n]) => <span key={status} class={tone(status)}>{w.inState(n, t.statusShort[status] ?? status)}</span>)}
    </span>
  );
}

function linkOf(key: string, by: Dimension): URLSearchParams {
  const change = by === "group" ? { groups: [key] } : by === "tag" ? { tags: key === "" ? [] : [key] } : { types: [key] };
  return writeFilters(new URLSearchParams(), { ...NO_FILTERS, ...change });
}
