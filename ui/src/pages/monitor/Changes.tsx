/** When the state changed, newest first: which state, for how long, and why. */
import { Card, Loading, Trouble } from "../../components/Panel";
import { StatusIcon } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import type { Span } from "../../api/types";
import { duration, roughly } from "../../domain/format";
import { now } from "../../state/now";
import type { Resource } from "../../state/resource";
import { reasonText, t } from "../../words";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";

const FEW = 6;

export function Changes({ spans }: { spans: Resource<{ data: readonly Span[] }> }) {
  const all = (spans.value?.data ?? []).filter((span) => span.status !== "pending");
  const shown = all.slice(-FEW).reverse();
  return (
    <Card title={w.timeline.latest}>
      <Trouble problem={spans.problem} retry={spans.reload} />
      {spans.value === null && spans.problem === null && <Loading />}
      {spans.value !== null && shown.length === 0 && <p class="soft">{p.monitor.noChanges}</p>}
      <ul class="changes">{shown.map((span, index) => <Change key={span.from} span={span} current={index === 0} />)}</ul>
    </Card>
  );
}

function Change({ span, current }: { span: Span; current: boolean }) {
  const seconds = ((current ? now.value : Date.parse(span.to)) - Date.parse(span.from)) / 1000;
  const time = current ? p.monitor.sinceThen(roughly(seconds)) : p.monitor.lasting(duration(seconds));
  const why = span.status === "up" || span.status === "paused" ? "" : reasonText(span.reason);
  return (
    <li>
      <span><StatusIcon status={span.status} /> {t.statusShort[span.status] ?? span.status}</span>
      <Clock at={span.from} />
      <span class="soft">{time}{why && ` · ${why}`}</span>
    </li>
  );
}
