/** Some monitors, one row each. */
import type { OverviewRow } from "../../api/types";
import { MonitorRow, RowHead, rowHeight, viewed } from "../../components/MonitorRow";
import { VirtualList } from "../../components/VirtualList";
import { t } from "../../words";

const keyOf = (row: OverviewRow) => row.id;

export function MonitorList({ rows, label = t.overview.list }: { rows: readonly OverviewRow[]; label?: string }) {
  return (
    <div class="list">
      <RowHead />
      <div class="card">
        <VirtualList items={rows} heightOf={rowHeight.value} label={label} keyOf={keyOf} onView={viewed}>
          {(row) => <MonitorRow row={row} />}
        </VirtualList>
      </div>
    </div>
  );
}
