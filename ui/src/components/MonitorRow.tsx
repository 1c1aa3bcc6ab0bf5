/** One monitor in a list: state, name, what is wrong, and the last day at a glance. */
import { computed } from "@preact/signals";
import type { OverviewRow } from "../api/types";
import { percent, roughly, secondsSince } from "../domain/format";
import { pathTo } from "../domain/routes";
import { rowLine, rowTrouble, rowValue } from "../domain/sentences";
import { isProblem, tone } from "../domain/status";
import { now } from "../state/now";
import { narrow, wide } from "../state/screen";
import { sparklines, wantSparklines } from "../state/sparklines";
import { t } from "../words";
import { w } from "../words/shell";
import { memo } from "./memo";
import { Sparkline } from "./Sparkline";
import { StatusIcon } from "./StatusIcon";
import { Strip } from "./Strip";

const onPhone = () => 64;
const onDesk = () => 57;

/** Answers the height that rows.css gives a row on this screen. */
export const rowHeight = computed(() => (narrow.value ? onPhone : onDesk));

/** Asks for the lines of the rows in view; on a phone there is no room for them. */
export function viewed(rows: readonly OverviewRow[]): void {
  if (!narrow.peek()) wantSparklines(rows.map((row) => row.id));
}

/** The names of the columns. */
export function RowHead() {
  return (
    <div class="list-head" aria-hidden="true">
      <span /><span />{wide.value && <span>{w.columns.tags}</span>}<span class="number">{t.overview.columns.last}</span><span>{t.overview.columns.response}</span><span>{t.overview.columns.state}</span><span class="number">{t.overview.columns.uptime}</span>{wide.value && <span class="number">{w.columns.since}</span>}
    </div>
  );
}

export const MonitorRow = memo(function MonitorRow({ row }: { row: OverviewRow }) {
  const trouble = rowTrouble(row);
  const line = rowLine(row);
  return (
    <a class="row" href={pathTo("monitor", { ref: row.id })} data-id={row.id}>
      <StatusIcon status={row.status} label />
      <span class="name">
        <b>{row.name}</b>
        <small title={trouble ? `${trouble} · ${line}` : line}>{trouble ? <><span class={tone(row.status)}>{trouble}</span>{wide.value && ` · ${line}`}</> : line}</small>
      </span>
      {wide.value && <span class="tags">{row.tags.slice(0, 4).map((tag) => <i key={tag}>{tag}</i>)}</span>}
      <span class={`number${isProblem(row.status) ? ` ${tone(row.status)}` : ""}`}>{rowValue(row)}</span>
      {!narrow.value && <span class="spark-box"><Line row={row} /></span>}
      <Strip letters={row.strip} />
      {!narrow.value && <span class="number faint">{percent(row.uptime_24h_ratio)}</span>}
      {wide.value && <span class="number faint"><Since row={row} /></span>}
    </a>
  );
});

/** The line reads its own points, so that news about one redraws no row. */
function Line({ row }: { row: OverviewRow }) {
  return <Sparkline points={sparklines.value.get(row.id)?.points} label={t.overview.responseLabel(row.name)} />;
}

/** Reads the clock by itself, for the same reason. */
function Since({ row }: { row: OverviewRow }) {
  return <>{row.since === null ? "–" : w.forTime(roughly(secondsSince(row.since, now.value)))}</>;
}
