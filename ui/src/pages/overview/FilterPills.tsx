/** The filters above the list: all, problems, states that have no tile, types and tags, each a link. */
import { useMemo, useState } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { Pill } from "../../components/Pill";
import { NO_FILTERS, tally, writeFilters, type Filters } from "../../domain/filters";
import { BY_URGENCY, isProblem, tileStates } from "../../domain/status";
import { counts } from "../../state/monitors";
import { addressOf, place } from "../../state/place";
import { narrow } from "../../state/screen";
import { t } from "../../words";

const FEW_TAGS = 4;

export function FilterPills({ rows, filters }: { rows: readonly OverviewRow[]; filters: Filters }) {
  const types = useMemo(() => tally(rows.map((row) => row.type)), [rows]);
  const tags = useMemo(() => tally(rows.flatMap((row) => row.tags)), [rows]);
  const problems = useMemo(() => rows.filter((row) => isProblem(row.status)).length, [rows]);
  const tiles = tileStates(counts.value);
  const [all, setAll] = useState(false);
  // A phone shows the states first; types and tags come on request, and the chosen one always.
  const few = narrow.value ? 0 : FEW_TAGS;
  const someTypes = types.length < 2 ? [] : all || !narrow.value ? types : types.filter(([type]) => type === filters.type);
  const someTags = all ? tags : tags.filter(([tag], index) => index < few || tag === filters.tag);
  const hidden = (types.length < 2 ? 0 : types.length - someTypes.length) + tags.length - someTags.length;
  const to = (change: Partial<Filters>) => addressOf("/", writeFilters(place.value.query, change));
  const toggled = (name: keyof Filters, value: string) => to({ [name]: filters[name] === value ? "" : value });
  const none = filters.status === "" && filters.type === "" && filters.tag === "";
  return (
    <nav class="pills" aria-label={t.overview.filters}>
      <Pill to={to({ ...NO_FILTERS, q: filters.q })} on={none} count={rows.length}>{t.overview.all}</Pill>
      <Pill to={toggled("status", "problems")} on={filters.status === "problems"} count={problems}>{t.overview.problems}</Pill>
      {BY_URGENCY.filter((status) => !tiles.includes(status) && (counts.value[status] || filters.status === status)).map((status) => (
        <Pill key={status} to={toggled("status", status)} on={filters.status === status} count={counts.value[status] ?? 0}>{t.statusShort[status]}</Pill>
      ))}
      {someTypes.map(([type, count]) => (
        <Pill key={`type ${type}`} to={toggled("type", type)} on={filters.type === type} count={count}>{t.overview.type(type)}</Pill>
      ))}
      {someTags.map(([tag, count]) => (
        <Pill key={`tag ${tag}`} to={toggled("tag", tag)} on={filters.tag === tag} count={count}>{t.overview.tag(tag)}</Pill>
      ))}
      {hidden > 0 && <button type="button" class="pill" onClick={() => setAll(true)}>{t.overview.more(hidden)}</button>}
    </nav>
  );
}
