/** One notification in a list: what, of whom, to whom, how it went and why, with each attempt. */
import type { ComponentChildren } from "preact";
import type { WholeChannel } from "../../api/editing";
import { StateText } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import type { DeliveryRow } from "../../domain/deliveries";
import { clockSeconds } from "../../domain/format";
import { pathTo } from "../../domain/routes";
import { rows } from "../../state/monitors";
import { now } from "../../state/now";
import { w } from "../../words/notifications";
import { p } from "../../words/pages";

export function Delivery({ row, channels, action }: { row: DeliveryRow; channels: readonly WholeChannel[]; action?: ComponentChildren }) {
  const channel = channels.find((one) => one.id === row.channel);
  const monitor = row.monitor === null ? undefined : rows.value?.get(row.monitor);
  return (
    <li class="delivery">
      <span class="delivery-when faint small"><Clock at={row.at} /></span>
      <div class="delivery-what">
        <p><b>{row.title}</b>{monitor && <> · <a class="link" href={pathTo("monitor", { ref: monitor.id })}>{monitor.name}</a></>}{row.incident !== null && <> · <a class="link" href={pathTo("incident", { ref: row.incident })}>{w.incident(row.incident)}</a></>}</p>
        <p class="soft small">{w.to(channel?.name ?? p.told.channel)} · {row.why}{row.next && row.status === "failed" ? ` ${w.next(clockSeconds(row.next, now.value))}` : ""}</p>
        {row.attempts.length > 0 && <ul class="attempts" aria-label={w.attempts}>{row.attempts.map((one, index) => <li key={index}><Clock at={one.at} /><span class={one.ok ? "" : "bad"}>{one.text}</span></li>)}</ul>}
      </div>
      <div class="delivery-state"><StateText status={row.look} text={row.word} />{action && <div class="delivery-action">{action}</div>}</div>
    </li>
  );
}
