/** Who was told, and why; who was not, and why not. */
import { getExplanation } from "../../api/calls";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Timeline } from "../../components/Timeline";
import { toldEntries } from "../../domain/told";
import { useResource } from "../../state/resource";
import { p } from "../../words/pages";

export function Told({ id, version }: { id: number; version: unknown }) {
  const resource = useResource(`explain ${id}`, () => getExplanation(id), version);
  const entries = toldEntries(resource.value?.data ?? []);
  return (
    <Card>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value !== null && entries.length === 0 && <Empty title={p.incidentPage.nobodyTold}>{p.incidentPage.nobodyToldHint}</Empty>}
      <Timeline entries={entries} />
    </Card>
  );
}
