/** The monitors, one row each; only those in view exist and only their lines are fetched. */
import { memo } from "../../components/memo";
import type { OverviewRow } from "../../api/types";
import { Sparkline } from "../../components/Sparkline";
import { StatusIcon } from "../../components/StatusIcon";
import { Strip } from "../../components/Strip";
import { VirtualList } from "../../components/VirtualList";
import { percent } from "../../domain/format";
import { pathTo } from "../../domain/routes";
import { rowLine, rowTrouble, rowValue } from "../../domain/sentences";
import { tone } from "../../domain/status";
import { narrow } from "../../state/screen";
import { sparklines, wantSparklines } from "../../state/sparklines";
import { t } from "../../words";

/** Heights that rows.css gives the rows. */
const ROW = 57;
const NARROW_ROW = 84;

export function MonitorList({ rows }: { rows: readonly OverviewRow[] }) {
  const isNarrow = narrow.value;
  const onView = (seen: readonly OverviewRow[]) => {
    // On a phone there is no room for the lines, so they are not asked for.
    if (!isNarrow) wantSparklines(seen.map((row) => row.id));
  };
  return (
    <div class="list">
      <div class="list-head" aria-hidden="true">
        <span /><span /><span class="number">{t.overview.columns.last}</span><span>{t.overview.columns.response}</span><span>{t.overview.columns.state}</span><span class="number">{t.overview.columns.uptime}</span>
      </div>
      <div class="card">
        <VirtualList items={rows} rowHeight={isNarrow ? NARROW_ROW : ROW} label={t.overview.list} keyOf={(row) => row.id} onView={onView}>
          {(row) => <Row row={row} />}
        </VirtualList>
      </div>
    </div>
  );
}

const Row = memo(function Row({ row }: { row: OverviewRow }) {
  const trouble = rowTrouble(row);
  const line = rowLine(row);
  return (
    <a class="row" href={pathTo("monitor", { ref: row.id })}>
      <StatusIcon status={row.status} label />
      <span class="name">
        <b>{row.name}</b>
        <small title={trouble ? `${trouble} · ${line}` : line}>{trouble ? <span class={tone(row.status)}>{trouble}</span> : line}</small>
      </span>
      <span class={`number${row.status === "down" || row.status === "unreachable" ? " down" : ""}`}>{rowValue(row)}</span>
      <span class="spark-box"><Line row={row} /></span>
      <Strip letters={row.strip} />
      <span class="number faint">{percent(row.uptime_24h_ratio)}</span>
    </a>
  );
});

/** The line reads its own points, so that news about one redraws no row. */
function Line({ row }: { row: OverviewRow }) {
  return <Sparkline points={sparklines.value.get(row.id)?.points} label={t.overview.responseLabel(row.name)} />;
}
