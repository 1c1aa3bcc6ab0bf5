/** How a monitor is checked, in words. */
import { getChannels } from "../../api/calls";
import type { Channel, Monitor } from "../../api/types";
import { Card } from "../../components/Panel";
import { Address, Runbook } from "../../components/Runbook";
import { expectations } from "../../domain/expectations";
import { interval } from "../../domain/duration";
import { listed } from "../../domain/format";
import { regionNames } from "../../domain/sentences";
import { useResource } from "../../state/resource";
import { t } from "../../words";
import { p } from "../../words/pages";

export function HowChecked({ monitor }: { monitor: Monitor }) {
  const channels = useResource("channels", getChannels);
  const from = regionNames(monitor.checked_from ?? monitor.regions);
  return (
    <Card title={p.monitor.how} later>
      <dl class="facts">
        <dt>{p.monitor.check}</dt><dd>{t.types[monitor.type] ?? monitor.type}</dd>
        {monitor.target && <><dt>{p.monitor.target}</dt><dd><Address text={monitor.target} /></dd></>}
        {!monitor.heartbeat && <><dt>{p.monitor.interval}</dt><dd>{interval(monitor.interval)}</dd></>}
        <dt>{p.monitor.believes}</dt><dd>{believes(monitor)}</dd>
        {!monitor.heartbeat && <><dt>{p.monitor.expects}</dt><dd>{expectations(monitor).map((line) => <div key={line}>{line}</div>)}</dd></>}
        <dt>{p.monitor.tells}</dt><dd>{channels.value ? listed(toldBy(monitor, channels.value.data)) || p.monitor.nobody : "–"}</dd>
        {from && <><dt>{p.monitor.regionsLabel}</dt><dd>{from}</dd></>}
        {monitor.tags.length > 0 && <><dt>{p.monitor.tags}</dt><dd>{monitor.tags.join(", ")}</dd></>}
        {monitor.runbook_url && <><dt>{p.monitor.runbook}</dt><dd class="break"><Runbook url={monitor.runbook_url} /></dd></>}
      </dl>
      {monitor.region_warning && <p class="deg small">▲ {monitor.region_warning}</p>}
      {monitor.managed_by && <p class="soft small">{p.monitor.byFile}</p>}
      {monitor.description && <p class="soft break">{monitor.description}</p>}
    </Card>
  );
}

/** How many failures make it down. */
function believes({ failure_threshold: fails, retries, heartbeat }: Monitor): string {
  if (heartbeat || retries === 0) return p.monitor.believe(fails);
  return retries === 1 ? p.monitor.believeTwice(fails) : p.monitor.believeTimes(fails, retries + 1);
}

/** The channels that are told: those it names, or else the default ones, as far as they are switched on. */
function toldBy(monitor: Monitor, channels: readonly Channel[]): string[] {
  const named = monitor.channel_ids.length > 0;
  return channels.filter((one) => one.enabled && (named ? monitor.channel_ids.includes(one.id) : one.default)).map((one) => one.name);
}
