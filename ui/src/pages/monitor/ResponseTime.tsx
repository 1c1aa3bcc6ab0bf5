/** Response times of a range that is part of the address: chosen by name, zoomed by dragging, buttons or keys. */
import { useRef } from "preact/hooks";
import { getChanges, getSeries, getSpans } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { Change, Monitor, SeriesAnswer, Span } from "../../api/types";
import { lazy } from "../../components/lazy";
import { Card, Trouble } from "../../components/Panel";
import { Pill } from "../../components/Pill";
import { isEmpty, percentiles, phases, regions as regionLines, type Drawing, type View } from "../../domain/chart";
import { clock, latency, roughly } from "../../domain/format";
import { marksOf, type Marks } from "../../domain/marks";
import { paceOf, panned, RANGES, readRange, usualRange, writeRange, zoomed, type Range, type RangeName } from "../../domain/range";
import { drawable, runTimes, seriesText, type Series } from "../../domain/series";
import { now } from "../../state/now";
import { addressOf, place, setQuery } from "../../state/place";
import { useResource } from "../../state/resource";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";
import { SeriesTable } from "./SeriesTable";

// The chart's library is the largest part of the dashboard: it comes when a chart is drawn, not ahead.
const Plot = lazy(() => import("../../components/Plot").then((part) => part.Plot));

const MINUTE_MS = 60_000;
const MOST_REGIONS = 5;
const DAY_S = 86_400;

interface Loaded {
  range: Range;
  series: Series;
  drawing: Drawing;
}

export function ResponseTime({ monitor, regions: ever, version }: { monitor: Monitor; regions: readonly string[]; version: string }) {
  const { query, path } = place.value;
  const regions = useRegions(monitor, ever);
  const views = viewsOf(monitor, regions);
  const view = views.find((name) => name === query.get("view")) ?? "percentiles";
  const wanted = readRange(query, now.value, usualOf(monitor));
  const region = view === "regions" ? "" : (regions.find((name) => name === query.get("region")) ?? "");
  const key = `${monitor.id} ${wanted.name ?? `${wanted.from} ${wanted.to}`} ${region}`;
  const moving = wanted.name === null ? null : version;
  const loaded = useResource(`series ${key} ${view}`, () => load(monitor, view, regions, region), view === "regions" ? `${moving} ${regions.join(" ")}` : moving);
  const marks = useResource(`marks ${key}`, () => loadMarks(monitor, readRange(place.peek().query, Date.now(), usualOf(monitor)), region), `${moving} ${monitor.since}`);
  // While another range is on its way the chart stays, and with it the focus.
  const kept = useRef<Loaded | null>(null);
  kept.current = loaded.value ?? kept.current;
  const shown = kept.current;
  const to = (next: URLSearchParams) => addressOf(path, next);
  const zoom = (range: { from: number; to: number }) => setQuery(writeRange(place.peek().query, range));
  const reset = () => setQuery(writeRange(place.peek().query, usualOf(monitor), usualOf(monitor)));
  const onKey = (event: KeyboardEvent) => {
    const next = byKey(event, wanted);
    if (next === undefined) return;
    event.preventDefault();
    if (next === null) reset();
    else zoom(next);
  };
  const title = w.chart.titleIn(rangeText(shown?.range ?? wanted));
  return (
    <Card title={monitor.heartbeat ? w.chart.runs : w.chart.title} aside={<Ranges range={wanted} usual={usualOf(monitor)} to={to} onZoom={zoom} onReset={reset} />}>
      {views.length > 1 && (
        <div class="views">
          <nav class="pills" aria-label={w.chart.views}>{views.map((name) => <Pill key={name} on={name === view} to={to(withView(query, name))}>{w.chart[name]}</Pill>)}</nav>
          {regions.length > 1 && view !== "regions" && <OneRegion regions={regions} region={region} />}
        </div>
      )}
      <Trouble problem={loaded.problem} retry={loaded.reload} />
      {shown === null && loaded.problem === null && <div class="plot-room" aria-busy="true" />}
      {shown && !isEmpty(shown.drawing) && (
        <>
          <Plot drawing={shown.drawing} marks={marks.value ?? NONE} range={shown.range} label={title} summary={summaryOf(monitor, shown.series)} note={noteOf(shown)} onZoom={(from, until) => zoom({ from, to: until })} onReset={reset} onKey={onKey} />
          <p class="hidden">{w.chart.hint}</p>
          <SeriesTable series={shown.series} caption={w.chart.tableCaption(rangeText(shown.range))} />
        </>
      )}
      {shown && isEmpty(shown.drawing) && <p class="soft plot-empty">{emptyText(monitor, shown, view)}</p>}
    </Card>
  );
}

/** The regions that check it now, and of those that did before, which have results in this time. */
function useRegions(monitor: Monitor, ever: readonly string[]): string[] {
  const here = monitor.checked_from ?? ever;
  const before = ever.filter((one) => !here.includes(one));
  const { name, from, to } = readRange(place.value.query, Date.now(), usualOf(monitor));
  const range = isoRange({ from, to });
  const asked = async (region: string) => ((await getSeries(monitor.id, { ...range, region, step: DAY_S })).points.some((point) => point.checks > 0) ? [region] : []);
  const found = useResource(`before ${monitor.id} ${before.join(" ")} ${name ?? `${from} ${to}`}`, async () => (await Promise.all(before.map(asked))).flat());
  return [...here, ...(found.value ?? [])];
}

const NONE: Marks = { shades: [], changes: [] };

/** Of several regions one can be looked at alone. */
function OneRegion({ regions, region }: { regions: readonly string[]; region: string }) {
  const choose = (chosen: string) => {
    const next = new URLSearchParams(place.peek().query);
    if (chosen === "") next.delete("region");
    else next.set("region", chosen);
    setQuery(next);
  };
  return (
    <select class={`chooser${region ? " on" : ""}`} aria-label={w.regions.label} value={region} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{w.regions.all}</option>
      {regions.map((name) => <option key={name} value={name}>{name}</option>)}
    </select>
  );
}

function Ranges({ range, usual, to, onZoom, onReset }: { range: Range; usual: RangeName; to: (query: URLSearchParams) => string; onZoom: (range: { from: number; to: number }) => void; onReset: () => void }) {
  const query = place.value.query;
  const press = (name: string, sign: string, next: () => { from: number; to: number }) => <button type="button" class="button tiny" aria-label={name} title={name} onClick={() => onZoom(next())}>{sign}</button>;
  return (
    <div class="ranges">
      <nav class="pills" aria-label={w.chart.ranges}>
        {(Object.keys(RANGES) as RangeName[]).map((name) => <Pill key={name} on={range.name === name} to={to(writeRange(query, name, usual))}>{w.chart.names[name]}</Pill>)}
      </nav>
      <span class="zooms">
        {press(w.chart.earlier, "‹", () => panned(range, -0.5, Date.now()))}
        {press(w.chart.later, "›", () => panned(range, 0.5, Date.now()))}
        {press(w.chart.zoomOut, "−", () => zoomed(range, 2, Date.now()))}
        {press(w.chart.zoomIn, "+", () => zoomed(range, 0.5, Date.now()))}
        {range.name === null && <button type="button" class="button tiny" onClick={onReset}>{w.chart.reset(w.chart.names[usual])}</button>}
      </span>
    </div>
  );
}

/** The range that a key asks for; null resets, undefined is no key of the chart. */
function byKey(event: KeyboardEvent, range: Range): { from: number; to: number } | null | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const at = Date.now();
  switch (event.key) {
    case "+": case "=": return zoomed(range, 0.5, at);
    case "-": case "_": return zoomed(range, 2, at);
    case "ArrowLeft": return panned(range, -0.25, at);
    case "ArrowRight": return panned(range, 0.25, at);
    case "0": case "Escape": return range.name === null ? null : undefined;
    default: return undefined;
  }
}

function viewsOf(monitor: Monitor, regions: readonly string[]): View[] {
  const found: View[] = ["percentiles"];
  if (!monitor.heartbeat) found.push("phases");
  if (regions.length > 1) found.push("regions");
  return found;
}

function withView(query: URLSearchParams, view: View): URLSearchParams {
  const next = new URLSearchParams(query);
  if (view === "percentiles") next.delete("view");
  else next.set("view", view);
  return next;
}

/** Loads what a view needs; a monitor that is younger than the range begins with its first check. */
async function load(monitor: Monitor, view: View, regions: readonly string[], region: string): Promise<Loaded> {
  const wanted = readRange(place.peek().query, Date.now(), usualOf(monitor));
  const born = Date.parse(monitor.created_at ?? "") || 0;
  const range = { ...wanted, from: wanted.name === null ? wanted.from : Math.max(wanted.from, Math.min(born - MINUTE_MS, wanted.to - 5 * MINUTE_MS)) };
  const ask = async (more: Record<string, string>) => seriesIn(range, await getSeries(monitor.id, { ...isoRange(range), ...(region && { region }), ...more }));
  if (view === "regions") {
    const series = await Promise.all(regions.slice(0, MOST_REGIONS).map(async (region) => ({ name: region, series: await ask({ region }) })));
    return { range, series: await ask({}), drawing: regionLines(series) };
  }
  const series = await ask(view === "phases" ? { phases: "true" } : {});
  return { range, series, drawing: view === "phases" ? phases(series, paceOf(monitor)) : percentiles(series, paceOf(monitor)) };
}

/** The usual range of a monitor's chart. */
function usualOf(monitor: Monitor): RangeName {
  return usualRange(paceOf(monitor));
}

function seriesIn({ from, to }: Range, { points, step }: SeriesAnswer): Series {
  return { points, step, from, to };
}

async function loadMarks(monitor: Monitor, range: Range, region: string): Promise<Marks> {
  const asked = isoRange(range);
  const [spans, changes] = await Promise.all([getSpans(monitor.id, { ...asked, ...(region && { region }) }), changesOf(monitor.id, asked)]);
  return marksOf(spans.data as readonly Span[], changes, range);
}

/** The changes of the configuration; a server that knows none has none. */
async function changesOf(id: number, asked: Record<string, string>): Promise<readonly Change[]> {
  try {
    return (await getChanges(id, { ...asked, limit: 50 })).data;
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.status === 404 || problem.status === 403) return [];
    throw problem;
  }
}

function isoRange({ from, to }: { from: number; to: number }): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function rangeText({ name, from, to }: Range): string {
  if (name === null) return w.chart.from(clock(new Date(from).toISOString(), now.peek()), clock(new Date(to).toISOString(), now.peek()));
  return to - from < RANGES[name] * 0.99 ? roughly((to - from) / 1000) : w.chart.names[name];
}

function noteOf({ series, drawing }: Loaded): (index: number) => string {
  return (index) => {
    const at = (drawing.x[index] ?? 0) * 1000;
    const point = series.points.find((one) => Date.parse(one.at) <= at && at < Date.parse(one.at) + series.step * 1000);
    if (!point || point.checks === 0) return w.chart.noData;
    return point.failures > 0 ? w.chart.checksFailed(point.checks, point.failures) : w.chart.checks(point.checks);
  };
}

/** The whole in a sentence: of checks with their failures, of a job how long half of its runs take. */
function summaryOf(monitor: Monitor, series: Series): string {
  if (!drawable(series)) return "";
  if (!monitor.heartbeat) return seriesText(series, now.value);
  const usual = runTimes(series.points).half;
  return usual === null ? "" : w.runs.usual(latency(usual));
}

function emptyText(monitor: Monitor, { series }: Loaded, view: View): string {
  const checked = series.points.some((point) => point.checks > 0);
  if (view === "phases" && drawable(series)) return w.chart.noPhases;
  if (monitor.heartbeat) return p.job.noRuns;
  if (checked) return p.monitor.noneUp;
  return monitor.last_result ? w.chart.noneIn : p.monitor.noSeries;
}
