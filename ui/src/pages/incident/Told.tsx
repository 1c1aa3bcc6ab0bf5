/** Who was told, and why; who was not, and why not; what the providers answered. */
import { getExplanation, retryNotification } from "../../api/calls";
import { Button } from "../../components/Button";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Clock } from "../../components/When";
import { toldGroups, TONES, type ToldGroup, type ToldLine } from "../../domain/told";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { p } from "../../words/pages";

export function Told({ id, version }: { id: number; version: unknown }) {
  const resource = useResource(`explain ${id}`, () => getExplanation(id), version);
  const groups = toldGroups(resource.value?.data ?? []);
  return (
    <Card>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value !== null && groups.length === 0 && <Empty title={p.incidentPage.nobodyTold}>{p.incidentPage.nobodyToldHint}</Empty>}
      <ol class="timeline">{groups.map((group) => <Group key={group.key} group={group} onDone={resource.reload} />)}</ol>
    </Card>
  );
}

function Group({ group, onDone }: { group: ToldGroup; onDone: () => void }) {
  return (
    <li>
      <span class="when"><Clock at={group.at} /></span>
      <span class={`dot ${TONES[group.lines[0]?.outcome ?? "dropped"]}`} aria-hidden="true" />
      <div>
        <b>{group.title}</b>
        {group.nobody && <p>{p.told.nobody}. {group.nobody}</p>}
        <ul class="told-lines">{group.lines.map((line) => <Line key={line.channel} line={line} onDone={onDone} />)}</ul>
      </div>
    </li>
  );
}

function Line({ line, onDone }: { line: ToldLine; onDone: () => void }) {
  const again = async (id: number) => {
    await retryNotification(id);
    toast(p.told.retried);
    onDone();
  };
  return (
    <li>
      <div><b>{line.channel}</b> <span class={line.outcome === "failed" ? "down" : "soft"}>{line.verdict}</span><p>{line.why}</p></div>
      {line.retry !== null && <Button onPress={() => again(line.retry ?? 0)}>{p.told.retry}</Button>}
      {line.attempts.length > 0 && <ol class="attempts">{line.attempts.map((attempt) => <li key={attempt.at}><Clock at={attempt.at} /><span>{attempt.text}</span></li>)}</ol>}
    </li>
  );
}
