/** What one wants to know of a monitor at a glance. */
import { getIncidents, getSeries, getSpans, getUptime } from "../../api/calls";
import type { Agreement } from "../../api/probes";
import type { Monitor, SeriesPoint } from "../../api/types";
import { lazy } from "../../components/lazy";
import { Card, Tile, Trouble } from "../../components/Panel";
import { Strip } from "../../components/Strip";
import { Ago } from "../../components/When";
import { Waterfall } from "../../components/Waterfall";
import { interval } from "../../domain/duration";
import { latency, percent } from "../../domain/format";
import { paceOf, RANGES, usualRange } from "../../domain/range";
import { median, runTimes } from "../../domain/series";
import { LOCAL } from "../../domain/sentences";
import { usualPhases } from "../../domain/usual";
import { incidentNews } from "../../state/incidents";
import { now } from "../../state/now";
import { useResource, type Resource } from "../../state/resource";
import { reasonText } from "../../words";
import { afterPublicWords } from "../../words/language";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";
import { IncidentRow } from "../Incidents";
import { Changes } from "./Changes";
import { DayBars } from "./DayBars";
import { HowChecked } from "./HowChecked";
import { Job } from "./Job";
import { ResponseTime } from "./ResponseTime";
import { Snippets } from "./Snippets";

const RegionsPanel = lazy(() => afterPublicWords(() => import("../regions/RegionsPanel")).then((part) => part.RegionsPanel));

const DAY_MS = 86_400_000;
const FEW = 5;

export function Summary({ monitor, agreement, strip, refresh }: { monitor: Monitor; agreement: Resource<Agreement | null>; strip: string; refresh: () => void }) {
  // The figures move slowly: a new minute, or the very first result, is reason enough to ask again.
  const version = `${Math.floor(now.value / 60_000)} ${monitor.last_result === null}`;
  const job = Boolean(monitor.heartbeat);
  // Of a job there may be one run a day: its figures are those of the chart.
  const day = useResource(`day ${monitor.id}`, () => getSeries(monitor.id, job ? lately(RANGES[usualRange(paceOf(monitor))]) : { ...lately(DAY_MS), phases: "true" }), version);
  const spans = useResource(`spans ${monitor.id}`, () => getSpans(monitor.id, lately(90 * DAY_MS)), `${version} ${monitor.since}`);
  const month = useResource(`uptime ${monitor.id}`, () => getUptime(monitor.id, lately(30 * DAY_MS)), version);
  const points = day.value?.points ?? [];
  const certificate = typeof monitor.certificate_days === "number" && <CertificateTile days={monitor.certificate_days} />;
  // A phone has room for three: what a certificate is watched for is one of them.
  const first = monitor.type === "tls";
  return (
    <>
      <div class="tiles monitor-tiles">
        {first && certificate}
        <Tile figure={percent(monitor.uptime_24h_ratio)} name={p.monitor.uptime24} />
        <Tile figure={percent(month.value?.uptime_ratio)} name={p.monitor.uptime30} />
        {job ? <RunTiles points={points} /> : (
          <>
            <Tile figure={latency(median(points.map((one) => one.p50_ms ?? one.avg_ms)))} name={p.monitor.median} />
            <Tile figure={latency(median(points.map((one) => one.p95_ms)))} name={p.monitor.p95} />
            {!first && (certificate || <Tile figure={interval(monitor.interval)} name={p.monitor.every} />)}
          </>
        )}
      </div>
      <div class="columns">
        <div class="column">
          <ResponseTime monitor={monitor} regions={day.value?.regions ?? []} version={version} />
          {!job && <RegionsPanel known={day.value?.regions ?? []} found={agreement} />}
          <DayBars monitor={monitor} version={version} />
          <Card title={p.monitor.state}>
            <Strip letters={strip} class="tall" />
            <p class="ends"><span>{p.monitor.ago24}</span><span>{p.monitor.now}</span></p>
          </Card>
          <Changes spans={spans} />
        </div>
        <div class="column">
          {monitor.heartbeat ? <div class="sooner"><Job monitor={monitor} beat={monitor.heartbeat} /></div> : <LastCheck monitor={monitor} points={points} />}
          {monitor.heartbeat && monitor.heartbeat.pings === 0 && <Snippets monitor={monitor} beat={monitor.heartbeat} refresh={refresh} />}
          <HowChecked monitor={monitor} />
          <Latest monitor={monitor} />
        </div>
      </div>
    </>
  );
}

/** What is usual of the runs of a job, as soon as there are enough of them. */
function RunTiles({ points }: { points: readonly SeriesPoint[] }) {
  const { half, most } = runTimes(points);
  return <>{half !== null && <Tile figure={latency(half)} name={w.runs.medianRun} />}{most !== null && <Tile figure={latency(most)} name={w.runs.mostRuns} />}</>;
}

function CertificateTile({ days }: { days: number }) {
  const tone = days < 3 ? "down" : days < 14 ? "deg" : "";
  return <Tile figure={days < 0 ? w.certificateOver : w.certificateDays(Math.floor(days))} name={w.certificate} tone={tone} />;
}

function Latest({ monitor }: { monitor: Monitor }) {
  const incidents = useResource(`incidents of ${monitor.id}`, () => getIncidents({ monitor_id: monitor.id, limit: FEW }), incidentNews.value);
  return (
    <Card title={p.monitor.incidents} flush>
      <Trouble problem={incidents.problem} retry={incidents.reload} />
      {incidents.value?.data.length ? <ul class="incident-rows compact">{incidents.value.data.map((one) => <IncidentRow key={one.id} incident={one} nameless />)}</ul> : <p class="soft inside">{p.monitor.noIncidents}</p>}
    </Card>
  );
}

function LastCheck({ monitor, points }: { monitor: Monitor; points: readonly SeriesPoint[] }) {
  const last = monitor.last_result;
  if (!last) return <Card title={p.monitor.lastCheck}><p class="soft">{p.monitor.neverChecked}</p></Card>;
  return (
    <Card title={p.monitor.lastCheck} aside={<span class="soft small">{last.region && last.region !== LOCAL ? `${last.region} · ` : ""}<Ago at={last.at} /></span>}>
      <Waterfall phases={last.phases_ms ?? {}} total={last.latency_ms} reason={last.status === "up" ? null : last.reason} usual={usualPhases(points)} />
      {last.status !== "up" && <p class="result-text">{last.message || reasonText(last.reason)}</p>}
    </Card>
  );
}

/** The last so many milliseconds, as a range. */
export function lately(ms: number) {
  return { from: new Date(Date.now() - ms).toISOString(), to: new Date().toISOString() };
}
