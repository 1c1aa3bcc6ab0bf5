/** One incident: what happens next and what happened, in order; what was seen; who was told and why. */
import { useState } from "preact/hooks";
import { getExplanation, getIncident, getMonitor } from "../api/calls";
import type { IncidentWithEvents, Monitor } from "../api/types";
import { acknowledgeIncident, incidentName, incidentStatus } from "../components/IncidentCard";
import { Button } from "../components/Button";
import { lazy } from "../components/lazy";
import { Card, Loading, Trouble } from "../components/Panel";
import { Tabs } from "../components/Pill";
import { Runbook } from "../components/Runbook";
import { StateText } from "../components/StatusIcon";
import { Timeline } from "../components/Timeline";
import { Clock } from "../components/When";
import { clock } from "../domain/format";
import { nextOf } from "../domain/next";
import { pathTo } from "../domain/routes";
import { causeText, incidentState, regionNames } from "../domain/sentences";
import { lastAgreed } from "../domain/agreed";
import { timelineOf } from "../domain/timeline";
import { toldSentence } from "../domain/told";
import { incidentNews } from "../state/incidents";
import { usePageKeys } from "../state/keyboard";
import { rows } from "../state/monitors";
import { now } from "../state/now";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { toastProblem } from "../state/toasts";
import { t } from "../words";
import { w } from "../words/incident";
import { afterPublicWords } from "../words/language";
import { p } from "../words/pages";
import { NoteDialog, ResolveDialog, SnoozeDialog } from "./incident/dialogs";
import { EvidenceView, FirstEvidence } from "./incident/Evidence";
import { Told } from "./incident/Told";
import "../style/monitor.css";

const WhoSaw = lazy(() => afterPublicWords(() => import("./regions/Agreed")).then((part) => part.WhoSaw));

type Tab = keyof typeof p.incidentPage.tabs;
const TABS = Object.keys(p.incidentPage.tabs) as Tab[];

export function IncidentPage({ reference }: { reference: string }) {
  const resource = useResource(`incident ${reference}`, () => getIncident(reference), incidentNews.value);
  const tab = TABS.find((name) => name === place.value.query.get("tab")) ?? "timeline";
  const incident = resource.value;
  const agreed = incident && lastAgreed(incident.events);
  const path = pathTo("incident", { ref: reference });
  return (
    <>
      <header class="top">
        <div>
          <p class="crumb"><a href="/incidents">{p.incidentPage.crumb}</a> / #{reference}</p>
          <h1>{incident ? incident.title : p.incidentPage.number(reference)}</h1>
          {incident && <p><Summary incident={incident} /></p>}
        </div>
        {incident && incident.status !== "resolved" && can("editor") && <Actions incident={incident} onDone={resource.reload} />}
      </header>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {incident === null && resource.problem === null && <Loading />}
      {incident && (
        <>
          <Tabs label={p.incidentPage.tabsLabel} tabs={TABS.map((name) => ({ to: addressOf(path, new URLSearchParams(name === "timeline" ? {} : { tab: name })), text: p.incidentPage.tabs[name], on: name === tab }))} />
          <div class="columns">
            <div class="column">
              {tab === "timeline" && <Events incident={incident} />}
              {tab === "evidence" && <EvidenceView incident={incident} version={incidentNews.value} />}
              {tab === "told" && <Told id={incident.id} version={incidentNews.value} />}
            </div>
            <div class="column">
              {tab !== "evidence" && agreed && <WhoSaw agreed={agreed} />}
              {tab === "timeline" && <FirstEvidence incident={incident} version={incident.status} />}
              <About incident={incident} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

function Summary({ incident }: { incident: IncidentWithEvents }) {
  const status = incident.status === "resolved" ? "up" : incidentStatus(incident);
  return <><StateText status={status} text={incidentState(incident, now.value)} /> <span class="reason">{causeText(incident)}.{isQuiet(incident) && ` ${p.incidentPage.snoozedUntil(clock(incident.snoozed_until ?? "", now.value))}`}</span></>;
}

function isQuiet(incident: IncidentWithEvents): boolean {
  return Boolean(incident.snoozed_until) && Date.parse(incident.snoozed_until ?? "") > now.value;
}

function Events({ incident }: { incident: IncidentWithEvents }) {
  const explained = useResource(`explain ${incident.id}`, () => getExplanation(incident.id), incidentNews.value);
  // Both answers tell of the same events in the same order; a moment apart, the newer one may know one more.
  const told = incident.events.map((event) => explained.value?.data.find((one) => one.event === event.type && one.at === event.at));
  const next = explained.value && nextOf(incident, explained.value.data, now.value);
  const entries = [...(next ? [next] : []), ...timelineOf(incident, told.map((one) => (one ? toldSentence(one) : "")))];
  return <Card>{entries.length > 0 ? <Timeline entries={entries} /> : <p class="soft">{p.incidentPage.noEvents}</p>}</Card>;
}

function About({ incident }: { incident: IncidentWithEvents }) {
  const names = incident.monitor_ids.map((id) => ({ id, name: rows.value?.get(id)?.name ?? `#${id}` }));
  const first = useResource<Monitor | null>(`monitor of ${incident.monitor_ids[0] ?? ""}`, async () => (incident.monitor_ids[0] ? getMonitor(incident.monitor_ids[0]) : null));
  const monitor = first.value;
  return (
    <Card title={p.incidentPage.about}>
      <dl class="facts">
        <dt>{names.length > 1 ? p.incidentPage.monitors : p.incidentPage.monitor}</dt>
        <dd>{names.length > 0 ? names.map(({ id, name }, index) => <>{index > 0 && ", "}<a class="link" key={id} href={pathTo("monitor", { ref: id })}>{name}</a></>) : incidentName(incident)}</dd>
        {monitor?.runbook_url && <><dt>{w.runbook}</dt><dd class="break"><Runbook url={monitor.runbook_url} /></dd></>}
        <dt>{p.incidentPage.rows.severity}</dt><dd>{p.incidentPage.severity[incident.severity] ?? incident.severity}</dd>
        <dt>{p.incidentPage.rows.began}</dt><dd><Clock at={incident.started_at} /></dd>
        <dt>{p.incidentPage.rows.believed}</dt><dd><Clock at={incident.detected_at} /></dd>
        {incident.acknowledged_at && <><dt>{p.incidentPage.rows.acknowledged}</dt><dd><Clock at={incident.acknowledged_at} />{incident.acknowledged_by && `, ${incident.acknowledged_by}`}</dd></>}
        {incident.resolved_at && <><dt>{p.incidentPage.rows.resolved}</dt><dd><Clock at={incident.resolved_at} />{incident.resolved_by && `, ${incident.resolved_by}`}</dd></>}
        {isQuiet(incident) && <><dt>{p.incidentPage.rows.snoozed}</dt><dd><Clock at={incident.snoozed_until ?? ""} /></dd></>}
        {regionNames(incident.regions) && <><dt>{p.incidentPage.rows.regions}</dt><dd>{regionNames(incident.regions)}</dd></>}
      </dl>
      {monitor?.description && <p class="soft break">{monitor.description}</p>}
    </Card>
  );
}

function Actions({ incident, onDone }: { incident: IncidentWithEvents; onDone: () => void }) {
  const [asking, setAsking] = useState<"note" | "resolve" | "snooze" | null>(null);
  const done = () => {
    setAsking(null);
    onDone();
  };
  const acknowledge = () => acknowledgeIncident(incident.id).then(onDone);
  usePageKeys({
    acknowledge: () => void (incident.status === "open" && acknowledge().catch(toastProblem)),
    add: () => setAsking("note"),
    snooze: () => setAsking("snooze"),
    resolve: () => setAsking("resolve"),
  });
  const close = () => setAsking(null);
  return (
    <div class="actions many">
      {incident.status === "open" && <Button primary onPress={acknowledge}>{t.incident.acknowledge}</Button>}
      <Button onPress={() => setAsking("note")}>{p.incidentPage.note}</Button>
      <Button onPress={() => setAsking("snooze")}>{p.snooze.button}</Button>
      <Button onPress={() => setAsking("resolve")}>{p.incidentPage.resolve}</Button>
      {asking === "note" && <NoteDialog id={incident.id} onClose={close} onDone={done} />}
      {asking === "snooze" && <SnoozeDialog id={incident.id} onClose={close} onDone={done} />}
      {asking === "resolve" && <ResolveDialog incident={incident} onClose={close} onDone={done} />}
    </div>
  );
}
