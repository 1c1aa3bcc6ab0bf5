/** The overview: what needs somebody on top, everything else calm below. Fits a wall as well as a phone. */
import { useMemo } from "preact/hooks";
import type { OverviewRow } from "../api/types";
import { LinkButton } from "../components/Button";
import { IncidentCard, TroubledRow } from "../components/IncidentCard";
import { lazy } from "../components/lazy";
import { LinkWord } from "../components/LinkState";
import { Empty, Loading, Tile, Trouble } from "../components/Panel";
import { byUrgency, NO_FILTERS, select, writeFilters } from "../domain/filters";
import { percent } from "../domain/format";
import { pathTo } from "../domain/routes";
import { headline } from "../domain/sentences";
import { isProblem, needing, tileStates, tone } from "../domain/status";
import { incidents, incidentsProblem, loadIncidents } from "../state/incidents";
import { paletteOpen } from "../state/keyboard";
import { link, reconnect } from "../state/live";
import { counts, rows, rowsProblem, sorted } from "../state/monitors";
import { addressOf } from "../state/place";
import { regions } from "../state/probes";
import { can } from "../state/session";
import { t } from "../words";
import { afterPublicWords } from "../words/language";
import { w } from "../words/shell";
import { Groups } from "./overview/Groups";
import { MonitorList } from "./overview/MonitorList";
import { Recent } from "./overview/Recent";

const PlacesLine = lazy(() => afterPublicWords(() => import("./regions/PlacesLine")).then((part) => part.PlacesLine), true);

/** How many cards of trouble are shown before the rest is left to the lists. */
const MOST_CARDS = 6;
/** Up to so many monitors are all shown; more are summed up. */
const FEW = 30;
const MOST_WORST = 8;

export function Overview() {
  const all = sorted.value;
  const known = rows.value !== null;
  const head = headline(all, counts.value, incidents.value ?? []);
  return (
    <>
      <header class="top">
        <div>
          <h1>{known ? head.title : t.title.loading}</h1>
          {known && <p>{head.summary} <LinkWord /></p>}
          {known && regions.value.length > 0 && <PlacesLine />}
        </div>
        <div class="actions">
          {all.length > 0 && <Jump />}
          {all.length > 0 && <AddButton />}
        </div>
      </header>
      {/* While the line is lost, the bar above says so, and has the button. */}
      <Trouble problem={known && link.value.kind === "lost" ? null : rowsProblem.value} retry={reconnect} />
      <Trouble problem={rowsProblem.value === null ? incidentsProblem.value : null} retry={() => void loadIncidents()} />
      {!known && rowsProblem.value === null && <Loading />}
      {known && all.length === 0 && <Empty title={t.overview.emptyTitle} action={<AddButton />}>{t.overview.emptyText}</Empty>}
      {known && all.length > 0 && (
        <>
          <Needing />
          <Tiles />
          <div class="overview">
            <div class="overview-main">{all.length <= FEW ? <Few rows={all} /> : <><Groups rows={all} /><Worst rows={all} /></>}</div>
            <Recent />
          </div>
        </>
      )}
    </>
  );
}

/** The way to everything, for those who do not know its key. */
export function Jump() {
  return (
    <button type="button" class="jump" onClick={() => (paletteOpen.value = true)}>
      <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.5" /><path d="M10.5 10.5L14 14" /></svg>
      <span>{w.jump}</span><kbd aria-hidden="true">{/Mac|iP/.test(navigator.platform) ? "⌘ K" : "Ctrl K"}</kbd>
    </button>
  );
}

/** Goes to the form for a new monitor, for those who may make one. */
export function AddButton() {
  return can("editor") ? <LinkButton to={pathTo("newMonitor")} primary>{t.overview.add}</LinkButton> : null;
}

/** What waits for a person, most recent first; acknowledged incidents come after the open ones. */
function Needing() {
  const active = incidents.value ?? [];
  const need = needing(sorted.value, active);
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

function Tiles() {
  return (
    <div class="tiles">
      {tileStates(counts.value).map((status) => {
        const figure = counts.value[status] ?? 0;
        return <Tile key={status} figure={figure} name={t.statusShort[status] ?? status} tone={figure > 0 ? tone(status) : ""} to={to({ status })} />;
      })}
      <Tile figure={percent(meanUptime(sorted.value))} name={t.overview.uptime} to={to({ sort: "uptime" })} />
    </div>
  );
}

function Few({ rows: all }: { rows: readonly OverviewRow[] }) {
  const chosen = useMemo(() => byUrgency(all), [all]);
  return <section class="section" aria-label={t.overview.list}><MonitorList rows={chosen} /></section>;
}

/** Who is in trouble, and then who had the worst day; nobody on a quiet one. */
function Worst({ rows: all }: { rows: readonly OverviewRow[] }) {
  const worst = useMemo(() => {
    const hurt = select(all, { ...NO_FILTERS, sort: "uptime" }).filter((row) => isProblem(row.status) || (row.uptime_24h_ratio ?? 1) < 1);
    return byUrgency(hurt).slice(0, MOST_WORST);
  }, [all]);
  if (worst.length === 0) return null;
  return (
    <section class="section" aria-label={w.worst}>
      <div class="section-head"><h2>{w.worst}</h2><a class="link small" href={to({ sort: "uptime" })}>{w.worstMore}</a></div>
      <MonitorList rows={worst} label={w.worst} />
    </section>
  );
}

function to(change: Parameters<typeof writeFilters>[1]): string {
  return addressOf("/monitors", writeFilters(new URLSearchParams(), change));
}

function meanUptime(all: readonly OverviewRow[]): number | null {
  const ratios = all.flatMap((row) => row.uptime_24h_ratio ?? []);
  return ratios.length === 0 ? null : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}
