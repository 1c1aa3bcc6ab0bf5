/** A heartbeat: what is expected when, how far a long run is, the last pings, and the line that calls in. */
import { useState } from "preact/hooks";
import { getOutput, getPings } from "../../api/calls";
import type { Heartbeat, Monitor, Ping, Run } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Card, Loading, Trouble } from "../../components/Panel";
import { Ago, Clock } from "../../components/When";
import { duration, roughly, secondsSince } from "../../domain/format";
import { now } from "../../state/now";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { p } from "../../words/pages";

const FEW = 12;
const HIDDEN = "*".repeat(8);

export function Job({ monitor, beat }: { monitor: Monitor; beat: Heartbeat }) {
  return (
    <>
      <Card title={p.job.title}>
        {beat.runs.map((run) => <Progress key={run.run_id + run.started_at} run={run} />)}
        <dl class="facts">
          <dt>{p.job.last}</dt><dd>{beat.last_ping_at ? <Ago at={beat.last_ping_at} /> : p.job.never}</dd>
          {beat.last_duration_s !== null && <><dt>{p.job.took}</dt><dd>{duration(beat.last_duration_s)}</dd></>}
          {beat.expected_at && monitor.enabled && <><dt>{p.job.expected}</dt><dd><Clock at={beat.expected_at} /></dd></>}
          {beat.deadline_at && monitor.enabled && <><dt>{p.job.deadline}</dt><dd><Clock at={beat.deadline_at} /></dd></>}
          <dt>{p.job.schedule}</dt><dd>{scheduleOf(monitor)}</dd>
        </dl>
      </Card>
      {beat.ping_url !== HIDDEN && <CallIn url={beat.ping_url} fresh={beat.pings === 0} />}
      <Pings monitor={monitor} version={beat.pings} />
    </>
  );
}

function scheduleOf(monitor: Monitor): string {
  const lines = monitor.cron || monitor.on_calendar;
  const when = lines ? `${lines.split("\n").join(", ")} (${monitor.timezone})` : p.job.every(duration(monitor.interval));
  return p.job.withGrace(when, duration(monitor.grace ?? 0));
}

/** How far a run is: its step if it tells one, and when runs like it end. */
function Progress({ run }: { run: Run }) {
  const known = run.step !== null && run.of ? Math.min(1, run.step / run.of) : null;
  const left = run.expected_end_at ? -secondsSince(run.expected_end_at, now.value) : null;
  return (
    <div class="run">
      <p>
        <b>{run.overdue ? p.job.overdue : p.job.running}</b> {p.job.since} <Clock at={run.started_at} />
        {left !== null && !run.overdue && <span class="soft"> · {left > 0 ? p.job.left(roughly(left)) : p.job.longer}</span>}
      </p>
      {known !== null && <progress value={known} max={1} aria-label={p.job.progress} />}
      {(run.step !== null || run.step_name) && (
        <p class="soft">{stepText(run)}{run.step_at && <> · <Ago at={run.step_at} /></>}</p>
      )}
    </div>
  );
}

/** "Step 2 of 5: copying", as far as it is known. */
function stepText({ step, of, step_name: name }: Run): string {
  if (step === null) return name;
  const text = of ? p.job.stepOf(step, of) : p.job.step(step);
  return name ? p.job.stepNamed(text, name) : text;
}

function CallIn({ url, fresh }: { url: string; fresh: boolean }) {
  const line = `curl -fsS -m 10 --retry 5 -o /dev/null ${url}`;
  const copy = async () => {
    await navigator.clipboard.writeText(line);
    toast(p.job.copied);
  };
  return (
    <Card title={p.job.callIn} aside={<Button onPress={copy}>{p.job.copy}</Button>}>
      {fresh && <p>{p.job.hint}</p>}
      <pre class="snippet" tabIndex={0}>{line}</pre>
    </Card>
  );
}

function Pings({ monitor, version }: { monitor: Monitor; version: number }) {
  const pings = useResource(`pings ${monitor.id}`, () => getPings(monitor.id, { limit: FEW }), version);
  return (
    <Card title={p.job.pings}>
      <Trouble problem={pings.problem} retry={pings.reload} />
      {pings.value === null && pings.problem === null && <Loading />}
      {pings.value?.data.length === 0 && <p class="soft">{p.job.none}</p>}
      <ul class="changes pings">{pings.value?.data.map((ping) => <PingRow key={ping.n} ping={ping} monitor={monitor} />)}</ul>
    </Card>
  );
}

/** What the job printed, as text. */
function Output({ monitor, ping, onClose }: { monitor: Monitor; ping: Ping; onClose: () => void }) {
  const text = useResource(`output ${monitor.id} ${ping.n}`, () => getOutput(monitor.id, ping.n));
  return (
    <Dialog title={p.job.outputOf(ping.n)} onClose={onClose}>
      <Trouble problem={text.problem} retry={text.reload} />
      {text.value === null && text.problem === null && <Loading />}
      {text.value !== null && <pre class="snippet tall" tabIndex={0}>{text.value}</pre>}
    </Dialog>
  );
}

function PingRow({ ping, monitor }: { ping: Ping; monitor: Monitor }) {
  const [reading, setReading] = useState(false);
  const told = [
    ping.exit_status !== null ? p.job.exit(ping.exit_status) : "",
    ping.duration_s !== null ? duration(ping.duration_s) : "",
    ping.note,
  ].filter(Boolean);
  return (
    <li>
      <span class={ping.kind === "fail" ? "bad" : ""}>{p.job.kinds[ping.kind] ?? ping.kind}</span>
      <Clock at={ping.at} />
      {reading && <Output monitor={monitor} ping={ping} onClose={() => setReading(false)} />}
      <span class="soft">{told.join(" · ")}{ping.body_bytes > 0 && <> <button type="button" class="link bare" onClick={() => setReading(true)}>{p.job.said}</button></>}</span>
    </li>
  );
}
