/** The figures of the chart as a table, for those who do not see it, and for those who like numbers. */
import { useState } from "preact/hooks";
import { clock, latency, percent } from "../../domain/format";
import { half, most, type Series } from "../../domain/series";
import { now } from "../../state/now";
import { w } from "../../words/monitor";

/** More rows than these say less. */
const MOST = 60;

export function SeriesTable({ series, caption }: { series: Series; caption: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w.chart.table}</summary>
      {open && <Table series={series} caption={caption} />}
    </details>
  );
}

function Table({ series, caption }: { series: Series; caption: string }) {
  const known = series.points.filter((point) => point.checks > 0);
  const every = Math.max(1, Math.ceil(known.length / MOST));
  const shown = known.filter((_, index) => (known.length - 1 - index) % every === 0).reverse();
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table class="figures">
        <caption class="hidden">{caption}</caption>
        <thead><tr><th scope="col">{w.chart.columns.at}</th><th scope="col">{w.chart.p50}</th><th scope="col">{w.chart.p95}</th><th scope="col">{w.chart.p99}</th><th scope="col">{w.chart.columns.checks}</th><th scope="col">{w.chart.columns.failed}</th><th scope="col">{w.chart.columns.up}</th></tr></thead>
        <tbody>
          {shown.map((point) => (
            <tr key={point.at}>
              <th scope="row">{clock(point.at, now.peek())}</th><td>{latency(half(point))}</td><td>{latency(most(point))}</td><td>{latency(point.p99_ms)}</td>
              <td>{point.checks}</td><td>{point.failures}</td><td>{percent(point.up_ratio)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
