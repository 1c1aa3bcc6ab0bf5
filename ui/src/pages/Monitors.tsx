/** The list of monitors: found, narrowed, ordered, grouped, and changed many at a time. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../components/Button";
import { LinkWord } from "../components/LinkState";
import { Empty, Loading, Trouble } from "../components/Panel";
import type { ListControl } from "../components/VirtualList";
import { narrowed, NO_FILTERS, readFilters, select, writeFilters } from "../domain/filters";
import { summary } from "../domain/sentences";
import { folds } from "../state/folds";
import { link, reconnect } from "../state/live";
import { counts, rows, rowsProblem, sorted } from "../state/monitors";
import { place, setQuery } from "../state/place";
import { selection, pickOnly } from "../state/selection";
import { can } from "../state/session";
import { t } from "../words";
import { w } from "../words/monitors";
import { AddButton } from "./Overview";
import { ActionBar } from "./monitors/ActionBar";
import { grouped, linesOf } from "./monitors/lines";
import { MonitorTable } from "./monitors/MonitorTable";
import { Toolbar } from "./monitors/Toolbar";
import { useListKeys } from "./monitors/keys";
import "../style/monitors.css";

export function Monitors() {
  const query = place.value.query;
  const filters = useMemo(() => readFilters(query), [query]);
  const all = sorted.value;
  const known = rows.value !== null;
  const inGroups = useMemo(() => grouped(all, filters, query.get("by")), [all, filters, query]);
  const chosen = useMemo(() => select(all, filters), [all, filters]);
  const lines = useMemo(() => linesOf(chosen, { filters, inGroups, folds: folds.value }), [chosen, filters, inGroups, folds.value]);
  const control = useRef<ListControl>(null);
  const picked = useMemo(() => (selection.value.size === 0 ? [] : chosen.filter((row) => selection.value.has(row.id))), [chosen, selection.value]);
  useListKeys({ lines, picked, control });
  useEffect(() => () => pickOnly([]), []);
  return (
    <>
      <header class="top tight">
        <div>
          <h1>{!known ? t.title.loading : all.length === 0 ? t.title.nothing : narrowed(filters) ? w.titleSome(chosen.length, all.length) : w.title(all.length)}</h1>
          {known && <p>{summary(all.length, counts.value)} <LinkWord /></p>}
        </div>
        <div class="actions">{all.length > 0 && <AddButton />}</div>
      </header>
      <Trouble problem={known && link.value.kind === "lost" ? null : rowsProblem.value} retry={reconnect} />
      {!known && rowsProblem.value === null && <Loading />}
      {known && all.length === 0 && <Empty title={t.overview.emptyTitle} action={<AddButton />}>{t.overview.emptyText}</Empty>}
      {known && all.length > 0 && (
        <>
          <Toolbar rows={all} filters={filters} inGroups={inGroups} />
          {chosen.length > 0 ? <MonitorTable lines={lines} chosen={chosen} picked={picked} control={control} /> : <NoneFits />}
          {can("editor") && picked.length > 0 && <ActionBar picked={picked} all={chosen} />}
        </>
      )}
    </>
  );
}

function NoneFits() {
  const clear = () => setQuery(writeFilters(place.peek().query, NO_FILTERS));
  return (
    <div class="card">
      <Empty title={t.overview.noneTitle} action={<Button onPress={clear}>{t.overview.showAll}</Button>}>{t.overview.noneText}</Empty>
    </div>
  );
}
