/** How a monitor is checked, in words. */
import type { Assertion, Monitor } from "../../api/types";
import { Card } from "../../components/Panel";
import { interval, latency, listed } from "../../domain/format";
import { t } from "../../words";
import { p } from "../../words/pages";

export function HowChecked({ monitor }: { monitor: Monitor }) {
  const channels = monitor.channel_ids.length;
  return (
    <Card title={p.monitor.how} later>
      <dl class="facts">
        <dt>{p.monitor.target}</dt><dd class="break">{t.types[monitor.type] ?? monitor.type} · {monitor.target ?? monitor.slug}</dd>
        <dt>{p.monitor.interval}</dt><dd>{interval(monitor.interval)}</dd>
        <dt>{p.monitor.believes}</dt><dd>{p.monitor.believe(monitor.failure_threshold, monitor.retries)}</dd>
        <dt>{p.monitor.expects}</dt><dd class="break">{expectations(monitor)}</dd>
        <dt>{p.monitor.tells}</dt><dd>{channels > 0 ? p.monitor.channels(channels) : p.monitor.defaultChannels}</dd>
        {monitor.regions.length > 0 && <><dt>{p.monitor.regionsLabel}</dt><dd>{listed(monitor.regions)}</dd></>}
        {monitor.tags.length > 0 && <><dt>{p.monitor.tags}</dt><dd>{monitor.tags.join(", ")}</dd></>}
        {monitor.runbook_url && <><dt>{p.monitor.runbook}</dt><dd class="break"><Runbook url={monitor.runbook_url} /></dd></>}
      </dl>
      {monitor.managed_by && <p class="soft small">{p.monitor.byFile}</p>}
      {monitor.description && <p class="soft">{monitor.description}</p>}
    </Card>
  );
}

/** What must hold, in one line. */
function expectations(monitor: Monitor): string {
  const parts = monitor.assertions.map(assertionText);
  if (!monitor.assertions.some((one) => one.on === "status")) parts.unshift(monitor.type === "http" ? p.monitor.standard : p.monitor.answers);
  if (monitor.latency_threshold_ms) parts.push(`< ${latency(monitor.latency_threshold_ms)}`);
  return parts.join(", ");
}

function assertionText(assertion: Assertion): string {
  const on = assertion.path ?? assertion.on.replace(/_/g, " ");
  const value = Array.isArray(assertion.value) ? assertion.value.join(", ") : assertion.value === undefined ? "" : String(assertion.value);
  const signs: Record<string, string> = { eq: "=", ne: "≠", lt: "<", le: "≤", gt: ">", ge: "≥" };
  return [on, signs[assertion.op ?? ""] ?? (assertion.op ?? "").replace(/_/g, " "), value].filter(Boolean).join(" ");
}

/** A runbook is text that somebody typed: only web addresses become links. */
function Runbook({ url }: { url: string }) {
  if (!/^https?:\/\//i.test(url)) return <>{url}</>;
  return <a class="link" href={url} rel="noreferrer noopener" target="_blank">{url}</a>;
}
