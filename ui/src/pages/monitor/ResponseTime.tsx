/** The response times of the last 24 hours, or since the first check when that is not as long ago. */
import { useId } from "preact/hooks";
import { getSeries } from "../../api/calls";
import type { Span } from "../../api/types";
import { Chart } from "../../components/Chart";
import { Card, Trouble } from "../../components/Panel";
import { roughly } from "../../domain/format";
import { drawable, seriesText, type Series } from "../../domain/series";
import { now } from "../../state/now";
import type { Resource } from "../../state/resource";
import { p } from "../../words/pages";

const DAY_MS = 86_400_000;
const YOUNG_MS = 3 * 3_600_000;
const LEAST_MS = 5 * 60_000;
const QUARTER = 900;
const MINUTE = 60;

export function ResponseTime({ series, spans, job }: { series: Resource<Series>; spans: readonly Span[]; job: boolean }) {
  const id = useId();
  const value = series.value;
  const length = value ? value.to - value.from : DAY_MS;
  const title = (job ? p.job.runs : p.monitor.response)(length < DAY_MS ? roughly(length / 1000) : p.monitor.day);
  const down = spans.filter((span) => span.status === "down" && (value === null || Date.parse(span.to) > value.from));
  const checked = value?.points.some((point) => point.checks > 0);
  return (
    <Card title={title}>
      <Trouble problem={series.problem} retry={series.reload} />
      {value && drawable(value) && (
        <>
          <Chart series={value} down={down} label={title} describedBy={id} />
          <p class="legend"><i /> {p.monitor.half} <i class="most" /> {p.monitor.most}{down.length > 0 && <> <i class="down" /> {p.monitor.down}</>}</p>
          <p id={id} class="series-text">{seriesText(value, now.value)}</p>
        </>
      )}
      {value && !drawable(value) && <p class="soft">{job ? p.job.noRuns : checked ? p.monitor.noneUp : p.monitor.noSeries}</p>}
    </Card>
  );
}

/** The series of a day; a young monitor's in finer steps from its first check on, because a sliver at the edge says nothing. */
export async function loadRange(id: number, interval: number): Promise<Series> {
  const to = Date.now();
  const coarse = await load(id, to - DAY_MS, to, Math.max(QUARTER, interval));
  const first = coarse.points.find((point) => point.checks > 0);
  const began = first ? Math.max(to - DAY_MS, Date.parse(first.at)) : to - DAY_MS;
  if (to - began > YOUNG_MS || interval > MINUTE) return { ...coarse, from: first ? Math.min(began, to - LEAST_MS) : began };
  const fine = await load(id, began, to, MINUTE);
  const start = fine.points.find((point) => point.checks > 0);
  return { ...fine, from: Math.min(start ? Date.parse(start.at) : began, to - LEAST_MS) };
}

async function load(id: number, from: number, to: number, step: number): Promise<Series> {
  const { points } = await getSeries(id, { from: new Date(from).toISOString(), to: new Date(to).toISOString(), step });
  return { points, from, to, step };
}
