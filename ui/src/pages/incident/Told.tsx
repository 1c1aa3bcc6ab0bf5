/** Who was told, and why; who was not, and why not. */
import { getExplanation } from "../../api/calls";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Timeline } from "../../components/Timeline";
import { decisions, type Decision } from "../../domain/told";
import type { Entry } from "../../domain/timeline";
import { useResource } from "../../state/resource";
import { p } from "../../words/pages";

const TONES: Record<Decision["outcome"], Entry["tone"]> = { sent: "done", held: "quiet", dropped: "quiet", failed: "bad", other: "quiet" };

export function Told({ id, version }: { id: number; version: unknown }) {
  const resource = useResource(`explain ${id}`, () => getExplanation(id), version);
  const list = decisions(resource.value);
  return (
    <Card>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value !== null && list.length === 0 && <Empty title={p.incidentPage.nobodyTold}>{p.incidentPage.nobodyToldHint}</Empty>}
      <Timeline entries={list.map((one, index) => ({ key: String(index), at: one.at, tone: TONES[one.outcome], title: one.title, lines: one.lines }))} />
    </Card>
  );
}
