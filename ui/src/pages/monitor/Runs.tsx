/** The runs of a job as bars, what they printed, and how it calls in. */
import { useState } from "preact/hooks";
import { getOutput, getPings } from "../../api/calls";
import type { Heartbeat, Monitor, Page, Ping } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Card, Loading, Trouble } from "../../components/Panel";
import { StatusIcon } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import { clock, duration } from "../../domain/format";
import { joined } from "../../domain/pages";
import { runsOf, scaleOf, usualRun, type JobRun } from "../../domain/runs";
import { now } from "../../state/now";
import { useResource } from "../../state/resource";
import { t } from "../../words";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";
import { Job } from "./Job";
import { Snippets } from "./Snippets";
import { SuggestedSchedule } from "./SuggestedSchedule";

const MANY = 100;
const FEW = 14;
const BARS = 40;
const ICONS = { success: "up", fail: "down", running: "pending", overdue: "degraded" } as const;

interface Props {
  monitor: Monitor;
  beat: Heartbeat;
  refresh: () => void;
}

export function Runs({ monitor, beat, refresh }: Props) {
  const pings = useResource(`pings ${monitor.id}`, () => getPings(monitor.id, { limit: MANY }), beat.pings);
  const [older, setOlder] = useState<Page<Ping> | null>(null);
  const newest = pings.value?.data ?? [];
  const kept = older && joined(newest, older.data);
  const all = kept ?? newest;
  const cursor = kept ? older?.next_cursor : pings.value?.next_cursor;
  const more = async () => {
    if (!kept && newest.length > FEW) return setOlder({ data: newest, next_cursor: cursor ?? null });
    const next = await getPings(monitor.id, { limit: MANY, cursor: cursor ?? undefined });
    setOlder({ data: [...all, ...next.data], next_cursor: next.next_cursor });
  };
  return (
    <div class="columns">
      <div class="column">
        <Card title={w.runs.title}>
          <Trouble problem={pings.problem} retry={pings.reload} />
          {pings.value === null && pings.problem === null && <Loading />}
          {pings.value !== null && <Bars runs={runsOf(all, beat.runs, now.value).slice(0, BARS)} limit={monitor.max_runtime ?? null} monitor={monitor} />}
        </Card>
        <Card title={p.job.pings}>
          {pings.value !== null && all.length === 0 && <p class="soft">{p.job.none}</p>}
          <ul class="changes pings wide-pings">{(kept ?? newest.slice(0, FEW)).map((ping) => <PingRow key={ping.n} ping={ping} monitor={monitor} />)}</ul>
          {(cursor || (!kept && newest.length > FEW)) && <p class="second"><Button onPress={more}>{t.incidents.more}</Button></p>}
        </Card>
      </div>
      <div class="column">
        <div class="sooner"><Job monitor={monitor} beat={beat} /></div>
        <SuggestedSchedule monitor={monitor} version={beat.pings} refresh={refresh} />
        <Snippets monitor={monitor} beat={beat} refresh={refresh} />
      </div>
    </div>
  );
}

/** Each run as a bar as long as it took, from the newest down; a line marks what is allowed. */
function Bars({ runs, limit, monitor }: { runs: readonly JobRun[]; limit: number | null; monitor: Monitor }) {
  if (runs.length === 0) return <div class="soft"><p>{w.runs.none}.</p><p>{w.runs.noneText}</p></div>;
  const scale = scaleOf(runs, limit);
  const usual = usualRun(runs);
  const shown = limit !== null && limit <= scale ? limit : null;
  return (
    <>
      <ul class="runs" aria-label={w.runs.list}>{runs.map((run) => <Bar key={run.key} run={run} scale={scale} limit={shown} monitor={monitor} />)}</ul>
      <p class="series-text">{[usual !== null && w.runs.usual(duration(usual)), shown !== null && w.runs.limit(duration(shown))].filter(Boolean).join(" ")}</p>
    </>
  );
}

function Bar({ run, scale, limit, monitor }: { run: JobRun; scale: number; limit: number | null; monitor: Monitor }) {
  const [reading, setReading] = useState(false);
  const took = run.seconds === null ? w.runs.unknown : duration(run.seconds);
  return (
    <li class={run.outcome}>
      <span class="nowrap"><Clock at={run.at} /></span>
      <StatusIcon status={ICONS[run.outcome]} />
      <span class="run-track">
        {run.seconds !== null && <i class="run-bar" style={{ width: `${Math.max(0.6, (run.seconds / scale) * 100)}%` }} />}
        {limit !== null && <i class="run-limit" style={{ left: `${(limit / scale) * 100}%` }} />}
      </span>
      <span class="number">{took}</span>
      <span class="run-said">
        <span class={run.outcome === "fail" || run.outcome === "overdue" ? "run-word down" : "hidden"}>{w.runs.outcome[run.outcome]}{run.exit ? `, ${w.runs.exit(run.exit)}` : ""}</span>{" "}
        {run.ping !== null && run.ping.body_bytes > 0 && <button type="button" class="link bare" onClick={() => setReading(true)}>{w.runs.output}</button>}
      </span>
      {reading && run.ping && <Output monitor={monitor} ping={run.ping} title={w.runs.outputOf(clock(run.at, now.value))} onClose={() => setReading(false)} />}
    </li>
  );
}

/** What the job printed, as text. */
function Output({ monitor, ping, title, onClose }: { monitor: Monitor; ping: Ping; title: string; onClose: () => void }) {
  const text = useResource(`output ${monitor.id} ${ping.n}`, () => getOutput(monitor.id, ping.n));
  return (
    <Dialog title={title} onClose={onClose}>
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
      <span class="soft">{told.join(" · ")}{ping.body_bytes > 0 && <> <button type="button" class="link bare" onClick={() => setReading(true)}>{p.job.said}</button></>}</span>
      {reading && <Output monitor={monitor} ping={ping} title={p.job.outputOf(ping.n)} onClose={() => setReading(false)} />}
    </li>
  );
}
