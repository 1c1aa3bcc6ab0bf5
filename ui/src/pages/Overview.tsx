/** The overview: what needs somebody on top, everything else calm below. */
import { useMemo } from "preact/hooks";
import { Button } from "../components/Button";
import { IncidentCard, TroubledRow } from "../components/IncidentCard";
import { LinkWord } from "../components/LinkState";
import { Empty, Loading, Tile, Trouble } from "../components/Panel";
import { percent } from "../domain/format";
import { narrowed, NO_FILTERS, readFilters, select, writeFilters, type Filters } from "../domain/filters";
import { headline } from "../domain/sentences";
import { needing, tileStates, tone } from "../domain/status";
import { incidents, incidentsProblem, loadIncidents } from "../state/incidents";
import { openAdd } from "../state/keyboard";
import { link, reconnect } from "../state/live";
import { counts, rows, rowsProblem, sorted } from "../state/monitors";
import { addressOf, place, setQuery } from "../state/place";
import { t } from "../words";
import { FilterPills } from "./overview/FilterPills";
import { MonitorList } from "./overview/MonitorList";

/** How many cards of trouble are shown before the rest is left to the list. */
const MOST_CARDS = 6;

export function Overview() {
  const filters = readFilters(place.value.query);
  const all = sorted.value;
  const known = rows.value !== null;
  const chosen = useMemo(() => select(all, filters), [all, filters.status, filters.type, filters.tag, filters.q]);
  const head = headline(all, counts.value, incidents.value ?? []);
  return (
    <>
      <header class="top">
        <div>
          <h1>{known ? head.title : t.title.loading}</h1>
          {known && <p>{head.summary} <LinkWord /></p>}
        </div>
        <div class="actions">
          {(!known || all.length > 0) && <><Search value={filters.q} /><Button primary onPress={openAdd}>{t.overview.add}</Button></>}
        </div>
      </header>
      {/* While the line is lost, the bar above says so, and has the button. */}
      <Trouble problem={known && link.value.kind === "lost" ? null : rowsProblem.value} retry={reconnect} />
      <Trouble problem={rowsProblem.value === null ? incidentsProblem.value : null} retry={() => void loadIncidents()} />
      {!known && rowsProblem.value === null && <Loading />}
      {known && all.length === 0 && <Empty title={t.overview.emptyTitle} action={<Button primary onPress={openAdd}>{t.overview.add}</Button>}>{t.overview.emptyText}</Empty>}
      {known && all.length > 0 && (
        <>
          <Needing />
          <Tiles filters={filters} />
          <section aria-label={t.overview.list}>
            <FilterPills rows={all} filters={filters} />
            {chosen.length > 0 ? <MonitorList rows={chosen} /> : <NoneFits />}
          </section>
        </>
      )}
    </>
  );
}

/** What waits for a person, most recent first; acknowledged incidents come after the open ones. */
function Needing() {
  const active = incidents.value ?? [];
  const need = needing(rows.value?.values() ?? [], active);
  const inHand = active.filter((incident) => incident.status === "acknowledged");
  const cards = [...need.incidents, ...inHand];
  if (cards.length + need.rows.length === 0) return null;
  return (
    <div class="needing">
      {cards.slice(0, MOST_CARDS).map((incident) => <IncidentCard key={incident.id} incident={incident} />)}
      {/* Until the incidents are known, a troubled monitor may yet turn out to have one. */}
      {incidents.value !== null && need.rows.slice(0, Math.max(0, MOST_CARDS - cards.length)).map((row) => <TroubledRow key={row.id} row={row} />)}
      {cards.length > MOST_CARDS && <a class="more" href="/incidents">{t.incidents.all(cards.length)}</a>}
    </div>
  );
}

function Tiles({ filters }: { filters: Filters }) {
  const to = (status: string) => addressOf("/", writeFilters(place.value.query, { status: filters.status === status ? "" : status }));
  return (
    <div class="tiles">
      {tileStates(counts.value).map((status) => {
        const figure = counts.value[status] ?? 0;
        return <Tile key={status} figure={figure} name={t.statusShort[status] ?? status} tone={figure > 0 ? tone(status) : ""} to={to(status)} current={filters.status === status} />;
      })}
      <Tile figure={percent(meanUptime())} name={t.overview.uptime} />
    </div>
  );
}

function meanUptime(): number | null {
  const ratios = sorted.value.flatMap((row) => row.uptime_24h_ratio ?? []);
  return ratios.length === 0 ? null : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

function Search({ value }: { value: string }) {
  const onInput = (event: Event) => setQuery(writeFilters(place.peek().query, { q: (event.currentTarget as HTMLInputElement).value }), { replace: true });
  return (
    <label class="search">
      <span class="hidden">{t.overview.search}</span>
      <input type="search" placeholder={t.overview.search} value={value} onInput={onInput} autocomplete="off" spellcheck={false} />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function NoneFits() {
  const query = writeFilters(place.value.query, NO_FILTERS);
  const clear = () => setQuery(query);
  return (
    <div class="card">
      <Empty title={t.overview.noneTitle} action={narrowed(readFilters(place.value.query)) && <Button onPress={clear}>{t.overview.showAll}</Button>}>{t.overview.noneText}</Empty>
    </div>
  );
}
