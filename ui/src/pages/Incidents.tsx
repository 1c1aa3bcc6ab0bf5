/** The incidents: active ones first in mind, resolved ones a click away. */
import { useEffect, useState } from "preact/hooks";
import { getIncidents } from "../api/calls";
import type { Incident } from "../api/types";
import { Button } from "../components/Button";
import { incidentName, incidentStatus } from "../components/IncidentCard";
import { Empty, Loading, Trouble } from "../components/Panel";
import { Pill } from "../components/Pill";
import { StatusIcon } from "../components/StatusIcon";
import { clock, exact } from "../domain/format";
import { pathTo } from "../domain/routes";
import { causeText, firstSentence, incidentState } from "../domain/sentences";
import { incidentNews, incidents } from "../state/incidents";
import { now } from "../state/now";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { toastProblem } from "../state/toasts";
import { t } from "../words";

const CHOICES = { active: ["open", "acknowledged"], resolved: ["resolved"], all: ["open", "acknowledged", "resolved"] } as const;
type Choice = keyof typeof CHOICES;

export function Incidents() {
  const choice = readChoice(place.value.query.get("status"));
  const page = useResource(`incidents ${choice}`, () => getIncidents({ status: CHOICES[choice], limit: 100 }), incidentNews.value);
  const [older, setOlder] = useState<{ data: readonly Incident[]; cursor: string | null } | null>(null);
  useEffect(() => setOlder(null), [choice]);
  const all = [...(page.value?.data ?? []), ...(older?.data ?? [])];
  const cursor = older ? older.cursor : page.value?.next_cursor;
  const more = async () => {
    const next = await getIncidents({ status: CHOICES[choice], limit: 100, cursor: cursor ?? undefined });
    setOlder({ data: [...(older?.data ?? []), ...next.data], cursor: next.next_cursor });
  };
  const active = incidents.value?.length ?? 0;
  return (
    <>
      <header class="top"><div>
        <h1>{active > 0 ? t.incidents.open(active) : t.incidents.none}</h1>
        <p>{t.incidents.subtitle}</p>
      </div></header>
      <nav class="pills" aria-label={t.incidents.filterLabel}>
        {(Object.keys(CHOICES) as Choice[]).map((name) => (
          <Pill key={name} to={addressOf("/incidents", new URLSearchParams(name === "active" ? {} : { status: name }))} on={choice === name} count={name === "active" ? active : undefined}>{t.incidents.filters[name]}</Pill>
        ))}
      </nav>
      <Trouble problem={page.problem} retry={page.reload} />
      {page.value === null && page.problem === null && <Loading />}
      {page.value !== null && all.length === 0 && <NoIncident choice={choice} />}
      {all.length > 0 && <ul class="card incident-rows">{all.map((incident) => <IncidentRow key={incident.id} incident={incident} />)}</ul>}
      {cursor && <p class="centre"><Button onPress={() => more().catch(toastProblem)}>{t.incidents.more}</Button></p>}
    </>
  );
}

function NoIncident({ choice }: { choice: Choice }) {
  const calm = choice !== "resolved";
  return <div class="card"><Empty title={calm ? t.incidents.none : t.incidents.noneFit}>{calm ? t.incidents.noneText : t.incidents.noneFitText}</Empty></div>;
}

/** One incident in a list: what, how long, and the cause; on the page of its monitor without the name. */
export function IncidentRow({ incident, nameless }: { incident: Incident; nameless?: boolean }) {
  const status = incident.status === "resolved" ? "up" : incidentStatus(incident);
  const state = incidentState(incident, now.value);
  return (
    <li>
      <a class="incident-row" href={pathTo("incident", { ref: incident.id })}>
        <StatusIcon status={status} />
        <span class="name"><b>{nameless ? state : incidentName(incident)}</b><small>{firstSentence(causeText(incident))}</small></span>
        {!nameless && <span class="incident-state">{state}</span>}
        <time class="number faint" dateTime={incident.started_at} title={exact(incident.started_at)}>{clock(incident.started_at, now.value)}</time>
      </a>
    </li>
  );
}

function readChoice(text: string | null): Choice {
  return text === "resolved" || text === "all" ? text : "active";
}
