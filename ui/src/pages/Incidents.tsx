/** The incidents: active ones first in mind, others by state, severity, monitor and time, all of it in the address. */
import { useEffect, useState } from "preact/hooks";
import { getIncidents } from "../api/calls";
import type { Incident } from "../api/types";
import { Button, LinkButton } from "../components/Button";
import { incidentName, incidentStatus } from "../components/IncidentCard";
import { Empty, Loading, Trouble } from "../components/Panel";
import { Pill } from "../components/Pill";
import { StatusIcon } from "../components/StatusIcon";
import { clock, exact } from "../domain/format";
import { pathTo } from "../domain/routes";
import { causeText, incidentState, inOneLine } from "../domain/sentences";
import { incidentNews, incidents } from "../state/incidents";
import { findRow, sorted } from "../state/monitors";
import { now } from "../state/now";
import { addressOf, place, setQuery } from "../state/place";
import { useResource } from "../state/resource";
import { t } from "../words";
import { w } from "../words/incident";
import "../style/monitor.css";

const CHOICES = { active: ["open", "acknowledged"], resolved: ["resolved"], all: ["open", "acknowledged", "resolved"] } as const;
type Choice = keyof typeof CHOICES;
const SEVERITIES = ["critical", "warning"] as const;
const TIMES: Readonly<Record<string, number>> = { "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000, "90d": 7_776_000_000 };
const PAGE = 100;

export function Incidents() {
  const { query } = place.value;
  const choice = readChoice(query.get("status"));
  const asked = () => ({ status: CHOICES[choice], limit: PAGE, ...filtersOf(query) });
  const key = `incidents ${query.toString()}`;
  const page = useResource(key, () => getIncidents(asked()), incidentNews.value);
  const [older, setOlder] = useState<{ data: readonly Incident[]; cursor: string | null } | null>(null);
  useEffect(() => setOlder(null), [key]);
  const all = [...(page.value?.data ?? []), ...(older?.data ?? [])];
  const cursor = older ? older.cursor : page.value?.next_cursor;
  const more = async () => {
    const next = await getIncidents({ ...asked(), cursor: cursor ?? undefined });
    setOlder({ data: [...(older?.data ?? []), ...next.data], cursor: next.next_cursor });
  };
  const active = incidents.value?.length ?? 0;
  return (
    <>
      <header class="top"><div>
        <h1>{active > 0 ? t.incidents.open(active) : t.incidents.none}</h1>
        <p>{w.list.subtitle}</p>
      </div></header>
      <Filters query={query} choice={choice} active={active} />
      <Trouble problem={page.problem} retry={page.reload} />
      {page.value === null && page.problem === null && <Loading />}
      {page.value !== null && all.length === 0 && <NoIncident choice={choice} narrowed={Object.keys(filtersOf(query)).length > 0} />}
      {all.length > 0 && <ul class="card incident-rows">{all.map((incident) => <IncidentRow key={incident.id} incident={incident} />)}</ul>}
      {cursor && <p class="centre"><Button onPress={more}>{t.incidents.more}</Button></p>}
    </>
  );
}

/** What the server is asked for beside the state; a time that passes is reckoned anew with each question. */
function filtersOf(query: URLSearchParams): Record<string, string> {
  const found: Record<string, string> = {};
  const [severity, monitor, time, from, to] = ["severity", "monitor", "time", "from", "to"].map((name) => query.get(name) ?? "");
  if (SEVERITIES.some((one) => one === severity)) found.severity = severity ?? "";
  if (monitor) found.monitor_id = monitor;
  if (time && Object.hasOwn(TIMES, time) && TIMES[time]) found.from = new Date(Date.now() - TIMES[time]).toISOString();
  else if (from && !Number.isNaN(Date.parse(from))) found.from = new Date(from).toISOString();
  if (to && !Number.isNaN(Date.parse(to))) found.to = new Date(to).toISOString();
  return found;
}

function Filters({ query, choice, active }: { query: URLSearchParams; choice: Choice; active: number }) {
  const to = (name: string, value: string) => addressOf("/incidents", changed(query, name, value));
  return (
    <div class="filters">
      <nav class="pills" aria-label={w.list.filterLabel}>
        {(Object.keys(CHOICES) as Choice[]).map((name) => (
          <Pill key={name} to={to("status", name === "active" ? "" : name)} on={choice === name} count={name === "active" ? active : undefined}>{t.incidents.filters[name]}</Pill>
        ))}
      </nav>
      <div class="filter-fields">
        <Select name="severity" label={w.list.severity} query={query} choices={[["", w.list.severities.all], ...SEVERITIES.map((one) => [one, w.list.severities[one]] as const)]} />
        <Select name="time" label={w.list.time} query={query} choices={[["", w.list.times.any], ...Object.keys(TIMES).map((one) => [one, (w.list.times as Record<string, string>)[one] ?? one] as const)]} />
        <Select name="monitor" label={w.list.monitor} query={query} choices={[["", w.list.anyMonitor], ...monitorsFor(query.get("monitor") ?? "")]} />
      </div>
    </div>
  );
}

/** All monitors by name, and the one that is chosen although it is gone. */
function monitorsFor(chosen: string): (readonly [string, string])[] {
  const known = sorted.value.map((row) => [String(row.id), row.name] as const);
  const row = chosen === "" ? undefined : findRow(chosen);
  if (chosen === "" || known.some(([id]) => id === chosen)) return known;
  return [[chosen, row?.name ?? w.list.gone(chosen)], ...known];
}

function Select({ name, label, query, choices }: { name: string; label: string; query: URLSearchParams; choices: readonly (readonly [string, string])[] }) {
  return (
    <select class={`chooser${query.get(name) ? " on" : ""}`} aria-label={label} value={query.get(name) ?? ""} onChange={(event) => setQuery(changed(query, name, event.currentTarget.value))}>
      {choices.map(([value, text]) => <option key={value} value={value} selected={value === (query.get(name) ?? "")}>{text}</option>)}
    </select>
  );
}

function changed(query: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(query);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}

function NoIncident({ choice, narrowed }: { choice: Choice; narrowed: boolean }) {
  if (narrowed) return <div class="card"><Empty title={w.list.none} action={<LinkButton to="/incidents?status=all">{w.list.clear}</LinkButton>}>{w.list.noneText}</Empty></div>;
  const calm = choice !== "resolved";
  return <div class="card"><Empty title={calm ? t.incidents.none : t.incidents.noneFit}>{calm ? t.incidents.noneText : t.incidents.noneFitText}</Empty></div>;
}

/** One incident in a list: what, how long, and the cause; on the page of its monitor without the name. */
export function IncidentRow({ incident, nameless }: { incident: Incident; nameless?: boolean }) {
  const over = incident.status === "resolved";
  const status = over ? "up" : incidentStatus(incident);
  const state = incidentState(incident, now.value);
  const held = !over && incident.acknowledged_by ? w.list.acknowledgedBy(state, incident.acknowledged_by) : state;
  return (
    <li>
      <a class="incident-row" href={pathTo("incident", { ref: incident.id })}>
        <StatusIcon status={status} />
        <span class="name"><b>{nameless ? state : incidentName(incident)}</b><small title={causeText(incident)}>{inOneLine(causeText(incident))}</small></span>
        {!nameless && <span class="incident-state">{held}</span>}
        <time class="number faint" dateTime={incident.started_at} title={exact(incident.started_at)}>{clock(incident.started_at, now.value)}</time>
      </a>
    </li>
  );
}

function readChoice(text: string | null): Choice {
  return text === "resolved" || text === "all" ? text : "active";
}
