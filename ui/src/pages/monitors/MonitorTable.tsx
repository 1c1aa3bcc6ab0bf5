/** The lines on screen, each row with its box to tick. */
import type { RefObject } from "preact";
import { useCallback } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { MonitorRow, RowHead, rowHeight, viewed } from "../../components/MonitorRow";
import { StatusIcon } from "../../components/StatusIcon";
import { Strip } from "../../components/Strip";
import { VirtualList, type ListControl } from "../../components/VirtualList";
import { percent } from "../../domain/format";
import { fold } from "../../state/folds";
import { narrow } from "../../state/screen";
import { pick, pickOnly, selection } from "../../state/selection";
import { can } from "../../state/session";
import { t } from "../../words";
import { w } from "../../words/monitors";
import { GroupStates } from "../overview/Groups";
import { choosing } from "./choosing";
import type { Line } from "./lines";

const GROUP_HEIGHT = 44;
/** What floats over the list: the tools above, the actions below. */
const COVERED = [110, 84] as const;

interface Props {
  lines: readonly Line[];
  chosen: readonly OverviewRow[];
  picked: readonly OverviewRow[];
  control: RefObject<ListControl | null>;
}

export function MonitorTable({ lines, chosen, picked, control }: Props) {
  const ticks = can("editor") && (!narrow.value || choosing.value);
  const rowTall = rowHeight.value;
  const heightOf = useCallback((line: Line) => (line.kind === "group" ? GROUP_HEIGHT : rowTall()), [rowTall]);
  const order = () => lines.flatMap((line) => (line.kind === "row" ? line.row.id : []));
  return (
    <div class={`list${ticks ? " ticked" : ""}`}>
      <div class="list-top">
        {ticks && <AllBox chosen={chosen} picked={picked} />}
        <RowHead />
      </div>
      <div class="card">
        <VirtualList items={lines} heightOf={heightOf} label={t.overview.list} keyOf={keyOf} onView={onView} control={control} covered={COVERED}>
          {(line) => line.kind === "group" ? <GroupLine line={line} /> : (
            <>
              {ticks && <Tick row={line.row} order={order} />}
              <MonitorRow row={line.row} />
            </>
          )}
        </VirtualList>
      </div>
    </div>
  );
}

const keyOf = (line: Line) => (line.kind === "row" ? line.row.id : `group ${line.group.key}`);

function onView(lines: readonly Line[]): void {
  viewed(lines.flatMap((line) => (line.kind === "row" ? line.row : [])));
}

/** Ticks everything that fits the filters, or nothing. */
function AllBox({ chosen, picked }: { chosen: readonly OverviewRow[]; picked: readonly OverviewRow[] }) {
  const all = picked.length === chosen.length;
  const some = picked.length > 0 && !all;
  return (
    <label class="tick-box" title={w.tickAll(chosen.length)}>
      <input type="checkbox" aria-label={w.tickAll(chosen.length)} checked={all} indeterminate={some} onChange={() => pickOnly(all ? [] : chosen.map((row) => row.id))} />
      <span class="tick-word" aria-hidden="true">{w.tickAll(chosen.length)}</span>
    </label>
  );
}

/** Reads by itself whether it is ticked, so that ticking one draws no row. */
function Tick({ row, order }: { row: OverviewRow; order: () => readonly number[] }) {
  const on = selection.value.has(row.id);
  const onClick = (event: MouseEvent) => pick(row.id, { range: event.shiftKey, order: order() });
  return (
    <label class="tick-box" onMouseDown={(event) => event.shiftKey && event.preventDefault()}>
      <input type="checkbox" aria-label={w.tick(row.name)} checked={on} onClick={onClick} data-tick={row.id} />
    </label>
  );
}

/** The head of a group: what the worst of it says, and how many it holds. */
function GroupLine({ line }: { line: Extract<Line, { kind: "group" }> }) {
  const { group, folded } = line;
  return (
    <button type="button" class="group-line" data-group={group.key} aria-expanded={!folded} onClick={() => fold([group.key], !folded)}>
      <svg class="chevron" viewBox="0 0 12 12" aria-hidden="true"><path d="M4 2.5L7.5 6 4 9.5" /></svg>
      <span class="group-cells">
        <StatusIcon status={group.worst} label />
        <span class="group-name"><b>{group.key === "" ? w.noGroup : group.key}</b> <span class="faint">{group.rows.length}</span></span>
        <GroupStates group={group} />
        {folded && !narrow.value && <Strip letters={group.strip} />}
        <span class="number faint">{percent(group.uptime)}</span>
      </span>
    </button>
  );
}
