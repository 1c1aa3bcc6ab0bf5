/** Beside the form of a channel: whether a message arrives, and for whom it is used. */
import { monitorsTelling, type TestOutcome, type WholeChannel } from "../../api/editing";
import { Button } from "../../components/Button";
import { Card } from "../../components/Panel";
import { StateText } from "../../components/StatusIcon";
import type { Draft } from "../../domain/form";
import { pathTo } from "../../domain/routes";
import { useResource } from "../../state/resource";
import { w } from "../../words/editing";

interface Props {
  busy: boolean;
  outcome: { result: TestOutcome; body: Draft } | null;
  stale: boolean;
  onTest: () => void;
}

export function SendTest({ busy, outcome, stale, onTest }: Props) {
  const result = outcome?.result;
  return (
    <Card title={w.channel.send}>
      {!result && <p class="soft">{w.channel.sendText}</p>}
      <div aria-live="polite" class={stale ? "stale" : ""}>
        {result && stale && <p class="soft small">{w.tryOut.stale}</p>}
        {result && <p><StateText status={result.ok ? "up" : "down"} text={result.ok ? w.channel.arrived : w.channel.failed} /></p>}
        {result && <p class="result-text">{result.ok ? w.channel.arrivedText(Math.max(1, Math.round(result.duration_ms))) : result.error}</p>}
      </div>
      <div class="actions try"><Button onPress={onTest} disabled={busy}>{busy ? w.channel.running : w.channel.run}</Button></div>
    </Card>
  );
}

export function UsedBy({ channel }: { channel: WholeChannel }) {
  const users = useResource(`users of channel ${channel.id}`, () => monitorsTelling(channel.id));
  const naming = (users.value?.data ?? []).filter((monitor) => monitor.channel_ids.includes(channel.id));
  return (
    <Card title={w.channel.usedBy}>
      {!channel.enabled && <p class="result-text">{w.channel.offNote}</p>}
      {channel.default && <p class="soft">{w.channel.byDefault}</p>}
      {naming.length > 0 && <ul class="users">{naming.map((monitor) => <li key={monitor.id}><a class="link" href={pathTo("monitor", { ref: monitor.id })}>{monitor.name}</a></li>)}</ul>}
      {users.value && naming.length === 0 && <p class="soft">{channel.default ? w.channel.nobody : w.channel.notAtAll}</p>}
    </Card>
  );
}
