/** How a monitor answers in each region, when there are several. */
import { getSeries, getSpans } from "../../api/calls";
import type { Monitor, SeriesAnswer, Span } from "../../api/types";
import { Card } from "../../components/Panel";
import { StatusIcon } from "../../components/StatusIcon";
import { latency } from "../../domain/format";
import { median } from "../../domain/series";
import { useResource } from "../../state/resource";
import { t } from "../../words";
import { w } from "../../words/monitor";
import { lately } from "./Summary";

const HOUR_MS = 3_600_000;
/** More regions than these are on the chart alone. */
const MOST = 8;

export function ByRegion({ monitor, regions, version }: { monitor: Monitor; regions: readonly string[]; version: string }) {
  if (regions.length < 2) return null;
  return (
    <Card title={w.regions.title}>
      <dl class="facts by-region">{regions.slice(0, MOST).map((region) => <Region key={region} id={monitor.id} region={region} version={version} />)}</dl>
    </Card>
  );
}

function Region({ id, region, version }: { id: number; region: string; version: string }) {
  const found = useResource(`region ${id} ${region}`, () => load(id, region), version);
  const points = (found.value?.series.points ?? []).filter((point) => point.checks > 0);
  const checks = points.reduce((all, point) => all + point.checks, 0);
  const failed = points[points.length - 1]?.failures;
  const believed = found.value?.spans.at(-1)?.status ?? (points.length === 0 ? "unknown" : failed ? "down" : "up");
  return (
    <div>
      <dt>{region}</dt>
      <dd>{found.value && <><StatusIcon status={believed} /> {t.statusShort[believed] ?? believed}</>}</dd>
      <dd class="number">{found.value && <>{latency(median(points.map((point) => point.p50_ms)))} <span class="faint">· {w.chart.checks(checks)}</span></>}</dd>
    </div>
  );
}

async function load(id: number, region: string): Promise<{ series: SeriesAnswer; spans: readonly Span[] }> {
  const range = lately(HOUR_MS);
  const [series, spans] = await Promise.all([getSeries(id, { ...range, region }), getSpans(id, { ...range, region })]);
  return { series, spans: spans.data };
}
