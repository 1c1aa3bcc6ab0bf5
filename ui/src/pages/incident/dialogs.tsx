/** What is asked before an incident is noted on, snoozed or resolved. */
import { useState } from "preact/hooks";
import { addNote, resolveIncident, snoozeIncident } from "../../api/calls";
import type { IncidentWithEvents } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { incidentName } from "../../components/IncidentCard";
import { clock } from "../../domain/format";
import { snoozes } from "../../domain/snooze";
import { applyIncident } from "../../state/incidents";
import { now } from "../../state/now";
import { toast } from "../../state/toasts";
import { t } from "../../words";
import { p } from "../../words/pages";

interface Props {
  onClose: () => void;
  onDone: () => void;
}

export function SnoozeDialog({ id, onClose, onDone }: Props & { id: number }) {
  const choose = async (until: Date) => {
    const at = until.toISOString();
    applyIncident(await snoozeIncident(id, at));
    toast(p.snooze.done(clock(at, Date.now())));
    onDone();
  };
  return (
    <Dialog title={p.snooze.title} onClose={onClose}>
      <p class="soft">{p.snooze.text}</p>
      <div class="snoozes">{snoozes(now.value).map(({ name, until }) => <Button key={name} onPress={() => choose(until)}>{name}</Button>)}</div>
    </Dialog>
  );
}

export function NoteDialog({ id, onClose, onDone }: Props & { id: number }) {
  const [text, setText] = useState("");
  const save = async () => {
    await addNote(id, text.trim());
    toast(p.incidentPage.doneNote);
    onDone();
  };
  return (
    <Dialog title={p.incidentPage.noteTitle} onClose={onClose}>
      <label class="field"><span>{p.incidentPage.noteLabel}</span><textarea rows={4} maxLength={2000} autofocus value={text} onInput={(event) => setText(event.currentTarget.value)} /></label>
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><Button primary disabled={text.trim() === ""} onPress={save}>{p.incidentPage.noteSave}</Button></div>
    </Dialog>
  );
}

export function ResolveDialog({ incident, onClose, onDone }: Props & { incident: IncidentWithEvents }) {
  const resolve = async () => {
    applyIncident(await resolveIncident(incident.id, ""));
    toast(p.incidentPage.doneResolve);
    onDone();
  };
  return (
    <Dialog title={p.incidentPage.resolveTitle} onClose={onClose}>
      <p>{p.incidentPage.resolveText}</p>
      <p class="second">{p.incidentPage.resolveWarning(incidentName(incident))}</p>
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><Button danger onPress={resolve}>{p.incidentPage.resolveYes}</Button></div>
    </Dialog>
  );
}
