/** One monitor: how it is and why, today's strip, the last results, how it is checked. */
import { useState } from "preact/hooks";
import { checkNow, deleteMonitor, getIncidents, getMonitor, getResults, getSpans, getUptime, pauseMonitor, resumeMonitor } from "../api/calls";
import type { Monitor } from "../api/types";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Card, Loading, Tile, Trouble } from "../components/Panel";
import { StateText } from "../components/StatusIcon";
import { Strip } from "../components/Strip";
import { Ago } from "../components/When";
import { Waterfall } from "../components/Waterfall";
import { interval, latency, percent } from "../domain/format";
import { resultText, stateFor } from "../domain/sentences";
import { median } from "../domain/series";
import { incidentNews } from "../state/incidents";
import { findRow, loadRows } from "../state/monitors";
import { now } from "../state/now";
import { go } from "../state/place";
import { useResource, type Resource } from "../state/resource";
import { toast } from "../state/toasts";
import { reasonText, t } from "../words";
import { p } from "../words/pages";
import { IncidentRow } from "./Incidents";
import { Changes } from "./monitor/Changes";
import { HowChecked } from "./monitor/HowChecked";
import { Job } from "./monitor/Job";
import { loadRange, ResponseTime } from "./monitor/ResponseTime";
import { Results } from "./monitor/Results";

const DAY_MS = 86_400_000;

export function MonitorPage({ reference }: { reference: string }) {
  const row = findRow(reference);
  const monitor = useResource(`monitor ${reference}`, () => getMonitor(reference), row);
  const results = useResource(`results ${reference}`, () => getResults(reference, { limit: 25 }), row);
  const found = monitor.value;
  const name = found?.name ?? row?.name ?? reference;
  const refresh = () => {
    monitor.reload();
    results.reload();
    void loadRows();
  };
  return (
    <>
      <header class="top">
        <div>
          <p class="crumb"><a href="/">{p.monitor.crumb}</a> / {found?.slug ?? row?.slug ?? reference}</p>
          <h1>{name}</h1>
          {found && <p><Reason monitor={found} status={row?.status ?? found.status} since={row?.since ?? found.since} /></p>}
        </div>
        {found && <Actions monitor={found} onDone={refresh} />}
      </header>
      <Trouble problem={monitor.problem} retry={monitor.reload} />
      {found === null && monitor.problem === null && <Loading />}
      {found && <Body monitor={found} results={results} strip={row?.strip ?? ""} />}
    </>
  );
}

function Reason({ monitor, status, since }: { monitor: Monitor; status: Monitor["status"]; since: string | null }) {
  const last = monitor.last_result;
  const text = status === "up" ? (monitor.heartbeat ? p.job.well : reasonText("ok")) : last && last.status !== "up" && last.message ? last.message : reasonText(monitor.status_reason);
  return <><StateText status={status} text={stateFor(status, since, now.value)} /> {text && status !== "pending" && <span class="reason">{text.replace(/\.$/, "")}.</span>}</>;
}

function Actions({ monitor, onDone }: { monitor: Monitor; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const paused = monitor.status === "paused" || !monitor.enabled;
  const managed = Boolean(monitor.managed_by);
  const check = async () => {
    const result = await checkNow(monitor.id);
    toast(p.monitor.found(resultText(result)), { kind: result.status === "up" ? "done" : "failed" });
    onDone();
  };
  const resume = async () => {
    await resumeMonitor(monitor.id);
    toast(p.monitor.resumed(monitor.name));
    onDone();
  };
  const pause = async () => {
    await pauseMonitor(monitor.id);
    toast(p.monitor.paused(monitor.name), { action: { label: p.monitor.undo, run: () => void resume() } });
    onDone();
  };
  return (
    <div class="actions">
      {!paused && !monitor.heartbeat && <Button onPress={check} busyText={p.monitor.checking}>{p.monitor.checkNow}</Button>}
      {!managed && (paused ? <Button primary onPress={resume}>{p.monitor.resume}</Button> : <Button onPress={pause}>{p.monitor.pause}</Button>)}
      {!managed && <Button onPress={() => setAsking(true)}>{p.monitor.remove}</Button>}
      {asking && <AskDelete monitor={monitor} onClose={() => setAsking(false)} />}
    </div>
  );
}

function AskDelete({ monitor, onClose }: { monitor: Monitor; onClose: () => void }) {
  const remove = async () => {
    await deleteMonitor(monitor.id);
    go("/");
    toast(p.monitor.deleted(monitor.name));
    await loadRows();
  };
  return (
    <Dialog title={p.monitor.deleteTitle(monitor.name)} onClose={onClose}>
      <p>{p.monitor.deleteText}</p>
      <div class="actions end"><Button onPress={onClose}>{t.common.cancel}</Button><Button danger onPress={remove}>{p.monitor.deleteYes}</Button></div>
    </Dialog>
  );
}

function Body({ monitor, results, strip }: { monitor: Monitor; results: Resource<Awaited<ReturnType<typeof getResults>>>; strip: string }) {
  // The figures move slowly: a new minute, or the very first result, is reason enough to ask again.
  const version = `${Math.floor(now.value / 60_000)} ${monitor.last_result === null}`;
  const series = useResource(`series ${monitor.id}`, () => loadRange(monitor.id, monitor.interval), version);
  const spans = useResource(`spans ${monitor.id}`, () => getSpans(monitor.id, lately(7 * DAY_MS)), `${version} ${monitor.since}`);
  const month = useResource(`uptime ${monitor.id}`, () => getUptime(monitor.id, lately(30 * DAY_MS)), version);
  const incidents = useResource(`incidents of ${monitor.id}`, () => getIncidents({ monitor_id: monitor.id, limit: 5 }), incidentNews.value);
  const points = series.value?.points ?? [];
  return (
    <>
      <div class="tiles">
        <Tile figure={percent(monitor.uptime_24h_ratio)} name={p.monitor.uptime24} />
        <Tile figure={percent(month.value?.uptime_ratio)} name={p.monitor.uptime30} />
        <Tile figure={latency(median(points.map((p) => p.p50_ms ?? p.avg_ms)))} name={p.monitor.median} />
        <Tile figure={latency(median(points.map((p) => p.p95_ms)))} name={p.monitor.p95} />
        {!monitor.heartbeat && <Tile figure={interval(monitor.interval)} name={p.monitor.every} />}
      </div>
      <div class="columns">
        <div class="column">
          <ResponseTime series={series} spans={spans.value?.data ?? []} job={Boolean(monitor.heartbeat)} />
          <Card title={p.monitor.state}>
            <Strip letters={strip} class="tall" />
            <p class="ends"><span>{p.monitor.ago24}</span><span>{p.monitor.now}</span></p>
          </Card>
          <Changes spans={spans} />
          <Results key={monitor.id} reference={String(monitor.id)} results={results} />
        </div>
        <div class="column">
          {monitor.heartbeat ? <Job monitor={monitor} beat={monitor.heartbeat} /> : <LastCheck monitor={monitor} />}
          <HowChecked monitor={monitor} />
          <Card title={p.monitor.incidents} flush>
            <Trouble problem={incidents.problem} retry={incidents.reload} />
            {incidents.value?.data.length ? <ul class="incident-rows compact">{incidents.value.data.map((one) => <IncidentRow key={one.id} incident={one} nameless />)}</ul> : <p class="soft inside">{p.monitor.noIncidents}</p>}
          </Card>
        </div>
      </div>
    </>
  );
}

function lately(ms: number) {
  return { from: new Date(Date.now() - ms).toISOString(), to: new Date().toISOString() };
}

function LastCheck({ monitor }: { monitor: Monitor }) {
  const last = monitor.last_result;
  if (!last) return <Card title={p.monitor.lastCheck}><p class="soft">{p.monitor.neverChecked}</p></Card>;
  return (
    <Card title={p.monitor.lastCheck} aside={<span class="soft small">{last.region && last.region !== t.common.local ? `${last.region} · ` : ""}<Ago at={last.at} /></span>}>
      <Waterfall phases={last.phases_ms ?? {}} total={last.latency_ms} reason={last.status === "up" ? null : last.reason} />
      {last.status !== "up" && <p class="result-text">{last.message || reasonText(last.reason)}</p>}
    </Card>
  );
}
