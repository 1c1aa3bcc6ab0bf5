/** Whether it works, before it is saved: the outcome of one check with what stands in the form. */
import type { TriedResult } from "../../api/editing";
import type { Draft } from "../../domain/form";
import { Button } from "../../components/Button";
import { Card } from "../../components/Panel";
import { StateText } from "../../components/StatusIcon";
import { Waterfall } from "../../components/Waterfall";
import { certificateFacts } from "../../domain/evidence";
import { PHASES } from "../../domain/phases";
import { latency } from "../../domain/format";
import { reasonText } from "../../words";
import { w } from "../../words/editing";
import { p } from "../../words/pages";

interface Props {
  /** Nothing is checked: something must call in. */
  passive: boolean;
  /** Whether it is there already. */
  saved: boolean;
  editable: boolean;
  busy: boolean;
  outcome: { result: TriedResult; body: Draft } | null;
  /** Whether the form has changed since. */
  stale: boolean;
  onTry: () => void;
}

export function TryOut({ passive, saved, editable, busy, outcome, stale, onTry }: Props) {
  if (passive) return saved ? null : <Card title={w.tryOut.passive}><p class="soft">{w.tryOut.passiveText}</p></Card>;
  if (!editable) return null;
  return (
    <Card title={w.tryOut.title}>
      {outcome === null && <p class="soft">{w.tryOut.text}</p>}
      <div aria-live="polite" class={stale ? "stale" : ""}>
        {outcome && stale && <p class="soft small">{w.tryOut.stale}</p>}
        {outcome && <Outcome result={outcome.result} />}
      </div>
      <div class="actions try"><Button onPress={onTry} disabled={busy}>{busy ? w.tryOut.running : w.tryOut.run}</Button></div>
    </Card>
  );
}

const VERDICTS: Readonly<Record<string, string>> = { up: w.tryOut.works, degraded: w.tryOut.slow, down: w.tryOut.fails };

function Outcome({ result }: { result: TriedResult }) {
  const phases = result.phases_ms ?? {};
  const leaf = result.evidence?.certificates?.[0];
  const failed = (result.evidence?.assertions ?? []).filter((one) => !one.passed);
  return (
    <>
      <p><StateText status={result.status} text={VERDICTS[result.status] ?? w.tryOut.unsure} /> {result.status === "up" && <span class="soft">{latency(result.latency_ms)}</span>}</p>
      {failed.length > 1
        ? <ul class="plain result-text">{failed.map((one) => <li key={one.text}>{one.message || one.text}</li>)}</ul>
        : <p class="result-text">{result.message || (result.status === "up" ? "" : reasonText(result.reason))}</p>}
      {PHASES.some((phase) => typeof phases[phase] === "number") && <Waterfall phases={phases} total={result.latency_ms} reason={result.status === "up" ? null : result.reason} />}
      {leaf && <Certificate facts={certificateFacts(leaf)} />}
    </>
  );
}

function Certificate({ facts }: { facts: ReturnType<typeof certificateFacts> }) {
  const tone = { good: "", soon: "deg", over: "down" }[facts.state];
  return (
    <div class="part">
      <h3>{p.certificate.title}</h3>
      <dl class="facts">
        <dt>{p.certificate.names}</dt><dd>{facts.names}</dd>
        <dt>{p.certificate.issuer}</dt><dd>{facts.issuer}</dd>
        <dt>{p.certificate.valid}</dt><dd>{p.certificate.range(facts.from, facts.to)}, <span class={tone}>{facts.left}</span></dd>
      </dl>
    </div>
  );
}
