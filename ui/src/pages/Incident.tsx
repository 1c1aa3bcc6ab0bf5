/** One incident: what happened in order, what was seen, who was told and why. */
import { useState } from "preact/hooks";
import { addNote, getExplanation, getIncident, resolveIncident, snoozeIncident } from "../api/calls";
import type { IncidentWithEvents } from "../api/types";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { acknowledgeIncident, incidentName, incidentStatus } from "../components/IncidentCard";
import { Card, Loading, Trouble } from "../components/Panel";
import { Tabs } from "../components/Pill";
import { StateText } from "../components/StatusIcon";
import { Timeline } from "../components/Timeline";
import { Clock } from "../components/When";
import { clock } from "../domain/format";
import { pathTo } from "../domain/routes";
import { causeText, incidentState, regionNames } from "../domain/sentences";
import { snoozes } from "../domain/snooze";
import { timelineOf } from "../domain/timeline";
import { toldSentence } from "../domain/told";
import { applyIncident, incidentNews } from "../state/incidents";
import { rows } from "../state/monitors";
import { now } from "../state/now";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { toast } from "../state/toasts";
import { t } from "../words";
import { p } from "../words/pages";
import { EvidenceView, FirstEvidence } from "./incident/Evidence";
import { Told } from "./incident/Told";

type Tab = keyof typeof p.incidentPage.tabs;
const TABS = Object.keys(p.incidentPage.tabs) as Tab[];

export function IncidentPage({ reference }: { reference: string }) {
  const resource = useResource(`incident ${reference}`, () => getIncident(reference), incidentNews.value);
  const tab = TABS.find((name) => name === place.value.query.get("tab")) ?? "timeline";
  const incident = resource.value;
  const path = pathTo("incident", { ref: reference });
  return (
    <>
      <header class="top">
        <div>
          <p class="crumb"><a href="/incidents">{p.incidentPage.crumb}</a> / #{reference}</p>
          <h1>{incident ? incident.title : p.incidentPage.number(reference)}</h1>
          {incident && <p><Summary incident={incident} /></p>}
        </div>
        {incident && incident.status !== "resolved" && <Actions incident={incident} onDone={resource.reload} />}
      </header>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {incident === null && resource.problem === null && <Loading />}
      {incident && (
        <>
          <Tabs label={p.incidentPage.tabsLabel} tabs={TABS.map((name) => ({ to: addressOf(path, new URLSearchParams(name === "timeline" ? {} : { tab: name })), text: p.incidentPage.tabs[name], on: name === tab }))} />
          <div class="columns">
            <div class="column">
              {tab === "timeline" && <Events incident={incident} />}
              {tab === "evidence" && <EvidenceView id={incident.id} version={incidentNews.value} />}
              {tab === "told" && <Told id={incident.id} version={incidentNews.value} />}
            </div>
            <div class="column">
              {tab === "timeline" && <FirstEvidence id={incident.id} version={incident.status} />}
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
  const entries = timelineOf(incident, told.map((one) => (one ? toldSentence(one) : "")));
  return <Card>{entries.length > 0 ? <Timeline entries={entries} /> : <p class="soft">{p.incidentPage.noEvents}</p>}</Card>;
}

function About({ incident }: { incident: IncidentWithEvents }) {
  const names = incident.monitor_ids.map((id) => ({ id, name: rows.value?.get(id)?.name ?? `#${id}` }));
  return (
    <Card title={p.incidentPage.about}>
      <dl class="facts">
        <dt>{names.length === 1 ? p.incidentPage.monitor : p.incidentPage.monitors}</dt>
        <dd>{names.length > 0 ? names.map(({ id, name }, index) => <>{index > 0 && ", "}<a class="link" key={id} href={pathTo("monitor", { ref: id })}>{name}</a></>) : incidentName(incident)}</dd>
        <dt>{p.incidentPage.rows.severity}</dt><dd>{p.incidentPage.severity[incident.severity] ?? incident.severity}</dd>
        <dt>{p.incidentPage.rows.began}</dt><dd><Clock at={incident.started_at} /></dd>
        <dt>{p.incidentPage.rows.believed}</dt><dd><Clock at={incident.detected_at} /></dd>
        {incident.acknowledged_at && <><dt>{p.incidentPage.rows.acknowledged}</dt><dd><Clock at={incident.acknowledged_at} />{incident.acknowledged_by && `, ${incident.acknowledged_by}`}</dd></>}
        {incident.resolved_at && <><dt>{p.incidentPage.rows.resolved}</dt><dd><Clock at={incident.resolved_at} />{incident.resolved_by && `, ${incident.resolved_by}`}</dd></>}
        {isQuiet(incident) && <><dt>{p.incidentPage.rows.snoozed}</dt><dd><Clock at={incident.snoozed_until ?? ""} /></dd></>}
        {regionNames(incident.regions) && <><dt>{p.incidentPage.rows.regions}</dt><dd>{regionNames(incident.regions)}</dd></>}
      </dl>
    </Card>
  );
}

function Actions({ incident, onDone }: { incident: IncidentWithEvents; onDone: () => void }) {
  const [asking, setAsking] = useState<"note" | "resolve" | "snooze" | null>(null);
  const close = () => setAsking(null);
  const acknowledge = () => acknowledgeIncident(incident.id).then(onDone);
  const resolve = async () => {
    applyIncident(await resolveIncident(incident.id, ""));
    toast(p.incidentPage.doneResolve);
    close();
    onDone();
  };
  return (
    <div class="actions many">
      {incident.status === "open" && <Button primary onPress={acknowledge}>{t.incident.acknowledge}</Button>}
      <Button onPress={() => setAsking("note")}>{p.incidentPage.note}</Button>
      <Button onPress={() => setAsking("snooze")}>{p.snooze.button}</Button>
      <Button onPress={() => setAsking("resolve")}>{p.incidentPage.resolve}</Button>
      {asking === "note" && <NoteDialog id={incident.id} onClose={close} onDone={onDone} />}
      {asking === "snooze" && <SnoozeDialog id={incident.id} onClose={close} onDone={onDone} />}
      {asking === "resolve" && (
        <Dialog title={p.incidentPage.resolveTitle} onClose={close}>
          <p>{p.incidentPage.resolveText}</p>
          <p class="soft second">{p.incidentPage.resolveWarning(incidentName(incident))}</p>
          <div class="actions end"><Button onPress={close}>{t.common.cancel}</Button><Button primary onPress={resolve}>{p.incidentPage.resolveYes}</Button></div>
        </Dialog>
      )}
    </div>
  );
}

function SnoozeDialog({ id, onClose, onDone }: { id: number; onClose: () => void; onDone: () => void }) {
  const choose = async (until: Date) => {
    const at = until.toISOString();
    applyIncident(await snoozeIncident(id, at));
    toast(p.snooze.done(clock(at, Date.now())));
    onClose();
    onDone();
  };
  return (
    <Dialog title={p.snooze.title} onClose={onClose}>
      <p class="soft">{p.snooze.text}</p>
      <div class="snoozes">{snoozes(now.value).map(({ name, until }) => <Button key={name} onPress={() => choose(until)}>{name}</Button>)}</div>
    </Dialog>
  );
}

function NoteDialog({ id, onClose, onDone }: { id: number; onClose: () => void; onDone: () => void }) {
  const [text, setText] = useState("");
  const save = async () => {
    await addNote(id, text.trim());
    toast(p.incidentPage.doneNote);
    onClose();
    onDone();
  };
  return (
    <Dialog title={p.incidentPage.noteTitle} onClose={onClose}>
      <label class="field"><span>{p.incidentPage.noteLabel}</span><textarea rows={4} maxLength={2000} autofocus value={text} onInput={(event) => setText(event.currentTarget.value)} /></label>
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><Button primary disabled={text.trim() === ""} onPress={save}>{p.incidentPage.noteSave}</Button></div>
    </Dialog>
  );
}
