/** This asura: its version, how each part of it is doing, and what it keeps. */
import { getSystem } from "../../api/accounts";
import { under } from "../../api/base";
import { LinkWord } from "../../components/LinkState";
import { Trouble, Loading } from "../../components/Panel";
import { Ago } from "../../components/When";
import { bytes } from "../../domain/bytes";
import { duration } from "../../domain/format";
import { useResource } from "../../state/resource";
import { now } from "../../state/now";
import { w } from "../../words/settings";
import { Head, Line, Section } from "./parts";

const EVERY_MS = 10_000;

export function About() {
  const system = useResource("system", getSystem, Math.floor(now.value / EVERY_MS));
  const { value } = system;
  const parts = Object.entries(value?.parts ?? {}).sort(([, a], [, b]) => Number(a.ok) - Number(b.ok));
  const unwell = parts.filter(([, part]) => !part.ok).length;
  return (
    <>
      <Head title={w.about.title} lead={w.about.lead} />
      <Trouble problem={system.problem} retry={system.reload} />
      {!value ? !system.problem && <Loading /> : (
        <>
          <Section title={w.about.health} lead={unwell === 0 ? w.about.allFine : w.about.someUnwell(unwell)}>
            {parts.map(([name, part]) => (
              <Line key={name} label={(w.about.parts as Record<string, string>)[name] ?? name.replace(/_/g, " ")} help={part.detail}>
                <span class={part.ok ? "up" : "down"}>{part.ok ? `✓ ${w.about.healthy}` : `▲ ${w.about.unwell}`}</span>
              </Line>
            ))}
          </Section>
          <Section title={w.about.facts}>
            <Line label={w.about.version}>{value.version}</Line>
            <Line label={w.about.uptime}>{duration(value.uptime_s)}</Line>
            <Line label={w.about.connection}><LinkWord /></Line>
            <Line label={w.about.monitors}>{value.monitors}</Line>
            <Line label={w.about.rate}>{value.checks_per_s.toFixed(1)}</Line>
            <Line label={w.about.streams}>{value.streams}</Line>
            <Line label={w.about.python}>{value.python}</Line>
            <Line label={w.about.sqlite}>{value.sqlite}</Line>
          </Section>
          <Section title={w.about.storage}>
            <Line label={w.about.database}>{bytes(value.storage.database_bytes)}</Line>
            <Line label={w.about.wal}>{bytes(value.storage.wal_bytes)}</Line>
            <Line label={w.about.free}>{bytes(value.storage.free_bytes)}</Line>
            <Line label={w.about.oldest}>{value.storage.oldest_result_at ? <Ago at={value.storage.oldest_result_at} /> : w.none}</Line>
          </Section>
          <Section title={w.about.retention}>
            {Object.entries(value.retention).map(([name, days]) => <Line key={name} label={(w.about.kept as Record<string, string>)[name] ?? name.replace(/_/g, " ")}>{w.about.days(days)}</Line>)}
          </Section>
        </>
      )}
      <Section title={w.about.docs}>
        <Line label={w.about.api}><a class="link" href={under("/api/docs")} target="_blank">/api/docs</a></Line>
        <Line label={w.about.openapi}><a class="link" href={under("/api/v1/openapi.json")} target="_blank">/api/v1/openapi.json</a></Line>
        <Line label={w.about.metrics}><a class="link" href={under("/metrics")} target="_blank">/metrics</a></Line>
      </Section>
    </>
  );
}
