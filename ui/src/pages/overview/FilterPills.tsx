/** The filters above the list: all, problems, states that have no tile, types and tags, each a link. */
import { useMemo, useState } from "preact/hooks";
import type { OverviewRow, Status } from "../../api/types";
import { Pill } from "../../components/Pill";
import { NO_FILTERS, tally, writeFilters, type Filters } from "../../domain/filters";
import { isProblem } from "../../domain/status";
import { counts } from "../../state/monitors";
import { addressOf, place } from "../../state/place";
import { t } from "../../words";

const FEW_TAGS = 6;
const WITHOUT_TILE: readonly Status[] = ["unreachable", "late", "unknown", "pending", "paused"];

export function FilterPills({ rows, filters }: { rows: readonly OverviewRow[]; filters: Filters }) {
  const types = useMemo(() => tally(rows.map((row) => row.type)), [rows]);
  const tags = useMemo(() => tally(rows.flatMap((row) => row.tags)), [rows]);
  const problems = useMemo(() => rows.filter((row) => isProblem(row.status)).length, [rows]);
  const [allTags, setAllTags] = useState(false);
  const few = allTags ? tags : tags.filter(([tag], index) => index < FEW_TAGS || tag === filters.tag);
  const to = (change: Partial<Filters>) => addressOf("/", writeFilters(place.value.query, change));
  const toggled = (name: keyof Filters, value: string) => to({ [name]: filters[name] === value ? "" : value });
  const none = filters.status === "" && filters.type === "" && filters.tag === "";
  return (
    <nav class="pills" aria-label={t.overview.filters}>
      <Pill to={to({ ...NO_FILTERS, q: filters.q })} on={none} count={rows.length}>{t.overview.all}</Pill>
      <Pill to={toggled("status", "problems")} on={filters.status === "problems"} count={problems}>{t.overview.problems}</Pill>
      {WITHOUT_TILE.filter((status) => counts.value[status] || filters.status === status).map((status) => (
        <Pill key={status} to={toggled("status", status)} on={filters.status === status} count={counts.value[status] ?? 0}>{t.statusShort[status]}</Pill>
      ))}
      {types.length > 1 && types.map(([type, count]) => (
        <Pill key={`type ${type}`} to={toggled("type", type)} on={filters.type === type} count={count}>{t.overview.type(type)}</Pill>
      ))}
      {few.map(([tag, count]) => (
        <Pill key={`tag ${tag}`} to={toggled("tag", tag)} on={filters.tag === tag} count={count}>{t.overview.tag(tag)}</Pill>
      ))}
      {few.length < tags.length && <button type="button" class="pill" onClick={() => setAllTags(true)}>{t.overview.more(tags.length - few.length)}</button>}
    </nav>
  );
}
