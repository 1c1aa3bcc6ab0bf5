/** A heartbeat in short: what is expected when, how far a long run is, what schedule would fit. */
import type { Heartbeat, Monitor, Run } from "../../api/types";
import { Card } from "../../components/Panel";
import { Ago, Clock } from "../../components/When";
import { clock, duration, roughly, secondsSince } from "../../domain/format";
import { now } from "../../state/now";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";

export function Job({ monitor, beat }: { monitor: Monitor; beat: Heartbeat }) {
  return (
    <Card title={p.job.title}>
      {beat.runs.map((run) => <Progress key={run.run_id + run.started_at} run={run} />)}
      <Next monitor={monitor} beat={beat} />
      <dl class="facts">
        <dt>{p.job.last}</dt><dd>{beat.last_ping_at ? <Ago at={beat.last_ping_at} /> : p.job.never}</dd>
        {beat.last_duration_s !== null && <><dt>{p.job.took}</dt><dd>{duration(beat.last_duration_s)}</dd></>}
        <dt>{p.job.schedule}</dt><dd>{scheduleOf(monitor)}</dd>
        {monitor.max_runtime && <><dt>{w.next.longest}</dt><dd>{duration(monitor.max_runtime)}</dd></>}
      </dl>
    </Card>
  );
}

/** When the next call is awaited, counted down, in the reader's zone and in the job's. */
function Next({ monitor, beat }: { monitor: Monitor; beat: Heartbeat }) {
  if (!monitor.enabled) return <p class="next soft">{w.next.paused}</p>;
  if (!beat.expected_at) return <p class="next soft">{beat.pings === 0 ? w.next.waiting : w.next.never}</p>;
  const left = (Date.parse(beat.expected_at) - now.value) / 1000;
  return (
    <div class="next">
      <p><span class="soft">{w.next.title}</span> <b>{left > 0 ? w.next.in(countdown(left)) : w.next.late(roughly(-left))}</b></p>
      <p class="soft small"><Clock at={beat.expected_at} />{hasZone(monitor) && <> · {w.next.zone(clock(beat.expected_at, now.value, monitor.timezone), monitor.timezone ?? "")}</>}</p>
      {beat.deadline_at && <p class="soft small">{w.next.until(clock(beat.deadline_at, now.value))}</p>}
    </div>
  );
}

/** Whether the job's zone is another than the one its times are shown in. */
function hasZone(monitor: Monitor): boolean {
  return Boolean(monitor.cron || monitor.on_calendar) && monitor.timezone !== undefined && monitor.timezone !== "" && clock(new Date(now.peek()).toISOString(), now.peek(), monitor.timezone) !== clock(new Date(now.peek()).toISOString(), now.peek());
}

/** Seconds matter only when few are left. */
function countdown(seconds: number): string {
  return seconds < 3600 ? duration(seconds) : duration(Math.floor(seconds / 60) * 60);
}

function scheduleOf(monitor: Monitor): string {
  const lines = monitor.cron || monitor.on_calendar;
  const when = lines ? `${lines.split("\n").join(", ")} (${monitor.timezone})` : p.job.every(duration(monitor.interval));
  return p.job.withGrace(when, duration(monitor.grace ?? 0));
}

/** How far a run is: its step if it tells one, and when runs like it end. */
function Progress({ run }: { run: Run }) {
  const known = run.step !== null && run.of ? Math.min(1, run.step / run.of) : null;
  const left = run.expected_end_at ? (Date.parse(run.expected_end_at) - now.value) / 1000 : null;
  return (
    <div class="run">
      <p>
        <b>{run.overdue ? p.job.overdue : p.job.running}</b> {p.job.since} <Clock at={run.started_at} />
        <span class="soft"> · {duration(secondsSince(run.started_at, now.value))}</span>
        {left !== null && !run.overdue && <span class="soft"> · {left > 0 ? p.job.left(roughly(left)) : p.job.longer}</span>}
      </p>
      {known !== null && <progress value={known} max={1} aria-label={p.job.progress} />}
      {(run.step !== null || run.step_name) && (
        <p class="soft">{stepText(run.step, run.of, run.step_name)}{run.step_at && <> · <Ago at={run.step_at} /></>}</p>
      )}
    </div>
  );
}

function stepText(step: number | null, of: number | null, name: string): string {
  if (step === null) return name;
  const text = of ? p.job.stepOf(step, of) : p.job.step(step);
  return name ? p.job.stepNamed(text, name) : text;
}
