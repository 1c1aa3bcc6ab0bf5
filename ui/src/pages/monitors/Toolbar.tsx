/** The tools above the list: search, states, types, tags, groups, order. All of it stands in the address. */
import { useMemo } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { Pill } from "../../components/Pill";
import { narrowed, NO_FILTERS, SORTS, tally, toggled, writeFilters, type Filters, type Sort } from "../../domain/filters";
import { BY_URGENCY, isProblem } from "../../domain/status";
import { fold, folds } from "../../state/folds";
import { counts } from "../../state/monitors";
import { addressOf, place, setQuery } from "../../state/place";
import { narrow } from "../../state/screen";
import { can } from "../../state/session";
import { t } from "../../words";
import { w } from "../../words/monitors";
import { choosing } from "./choosing";
import { FilterMenu } from "./FilterMenu";

interface Props {
  rows: readonly OverviewRow[];
  filters: Filters;
  inGroups: boolean;
}

export function Toolbar({ rows, filters, inGroups }: Props) {
  return (
    <search class="tools" aria-label={w.tools}>
      <div class="tools-line">
        <Search value={filters.q} />
        <Order filters={filters} />
        <GroupButtons rows={rows} inGroups={inGroups} />
        {narrow.value && can("editor") && <button type="button" class={`pill${choosing.value ? " on" : ""}`} aria-pressed={choosing.value} onClick={() => (choosing.value = !choosing.value)}>{choosing.value ? w.chooseEnd : w.choose}</button>}
      </div>
      <div class="pills">
        <States rows={rows} filters={filters} />
        <Menus rows={rows} filters={filters} />
        {narrowed(filters) && <a class="pill clear" href={addressOf("/monitors", writeFilters(place.value.query, { ...NO_FILTERS, sort: filters.sort }))}>{w.clearAll}</a>}
      </div>
    </search>
  );
}

const change = (filters: Partial<Filters>, options: { replace?: boolean } = {}) => setQuery(writeFilters(place.peek().query, filters), options);

function Search({ value }: { value: string }) {
  return (
    <label class="search">
      <span class="hidden">{t.overview.search}</span>
      <input class="main-search" type="search" placeholder={w.searchHint} value={value} onInput={(event) => change({ q: event.currentTarget.value }, { replace: true })} autocomplete="off" spellcheck={false} />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function Order({ filters }: { filters: Filters }) {
  return (
    <select class="select" aria-label={w.sortLabel} value={filters.sort} onChange={(event) => change({ sort: event.currentTarget.value as Sort })}>
      {SORTS.map((sort) => <option key={sort} value={sort}>{w.sorts[sort]}</option>)}
    </select>
  );
}

function GroupButtons({ rows, inGroups }: { rows: readonly OverviewRow[]; inGroups: boolean }) {
  const keys = useMemo(() => [...new Set(rows.map((row) => row.group ?? ""))], [rows]);
  if (keys.length < 2) return null;
  const by = new URLSearchParams(place.value.query);
  by.set("by", inGroups ? "none" : "group");
  const anyOpen = keys.some((key) => folds.value[key] !== true);
  return (
    <>
      <Pill to={addressOf("/monitors", by)} on={inGroups}>{w.grouped}</Pill>
      {inGroups && !narrow.value && <button type="button" class="pill" onClick={() => fold(keys, anyOpen)}>{anyOpen ? w.foldAll : w.unfoldAll}</button>}
    </>
  );
}

/** One state, or all that are trouble; only what occurs is offered. */
function States({ rows, filters }: { rows: readonly OverviewRow[]; filters: Filters }) {
  const problems = useMemo(() => rows.filter((row) => isProblem(row.status)).length, [rows]);
  const to = (status: string) => addressOf("/monitors", writeFilters(place.value.query, { status: filters.status === status ? "" : status }));
  const offered = BY_URGENCY.filter((status) => counts.value[status] || filters.status === status);
  return (
    <>
      <Pill to={to("")} on={filters.status === ""} count={rows.length}>{t.overview.all}</Pill>
      {(problems > 0 || filters.status === "problems") && <Pill to={to("problems")} on={filters.status === "problems"} count={problems}>{t.overview.problems}</Pill>}
      {offered.length > 1 && (narrow.value ? (
        <FilterMenu name={w.state} title={w.state} options={offered.map((status) => [status, counts.value[status] ?? 0] as const)} chosen={filters.status === "problems" || filters.status === "" ? [] : [filters.status]} textOf={(status) => t.statusShort[status] ?? status} onToggle={(status) => change({ status: filters.status === status ? "" : status })} onClear={() => change({ status: "" })} />
      ) : offered.map((status) => <Pill key={status} to={to(status)} on={filters.status === status} count={counts.value[status] ?? 0}>{t.statusShort[status]}</Pill>))}
    </>
  );
}

function Menus({ rows, filters }: { rows: readonly OverviewRow[]; filters: Filters }) {
  const types = useMemo(() => tally(rows.map((row) => row.type)), [rows]);
  const tags = useMemo(() => tally(rows.flatMap((row) => row.tags)), [rows]);
  const groups = useMemo(() => tally(rows.map((row) => row.group ?? "")), [rows]);
  const menu = (field: "types" | "tags" | "groups") => ({
    chosen: filters[field],
    onToggle: (value: string) => change({ [field]: toggled(filters[field], value) }),
    onClear: () => change({ [field]: [] }),
  });
  return (
    <>
      {(types.length > 1 || filters.types.length > 0) && <FilterMenu name={w.type} title={w.pickTitle.type} options={types} textOf={(type) => t.types[type] ?? type} {...menu("types")} />}
      {(tags.length > 0 || filters.tags.length > 0) && <FilterMenu name={w.tag} title={w.pickTitle.tag} options={tags} textOf={(tag) => tag} {...menu("tags")} />}
      {(groups.length > 1 || filters.groups.length > 0) && <FilterMenu name={w.group} title={w.pickTitle.group} options={groups} textOf={(group) => group || w.noGroup} {...menu("groups")} />}
    </>
  );
}
