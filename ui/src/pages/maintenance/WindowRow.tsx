/** One window in the list: when, what it covers, and what can be done with it. */
import { endWindow, type Window } from "../../api/status";
import { Button } from "../../components/Button";
import { StateText } from "../../components/StatusIcon";
import { clock, exact, roughly, secondsSince } from "../../domain/format";
import { endedAt, whenText, type Part } from "../../domain/maintenance";
import { pathTo } from "../../domain/routes";
import { loadRows } from "../../state/monitors";
import { now } from "../../state/now";
import { toast } from "../../state/toasts";
import { removeLater } from "../../state/undoable";
import { w } from "../../words/maintenance";

interface Props {
  window: Window;
  part: Part;
  editable: boolean;
  reload: () => void;
}

/** The address of a window below the API. */
export const windowPath = (id: number) => `/maintenance/${id}`;

export function WindowRow({ window, part, editable, reload }: Props) {
  const end = async () => {
    await endWindow(window.id);
    toast(w.ended(window.name));
    reload();
    void loadRows();
  };
  const covers = window.monitors.length > 0 ? w.covers(window.monitors.length) : w.coversNothing;
  const notes = [part !== "over" && covers, !window.public && w.hidden, w.by(window.created_by)].filter(Boolean).join(" · ");
  return (
    <li>
      <div class="window-name">
        <a class="row-name" href={pathTo("editMaintenance", { ref: window.id })}>{window.name}</a>
        <small>{whenText(window, now.value)}</small>
      </div>
      <div class="window-state"><State window={window} part={part} /><small>{notes}</small></div>
      {editable && (
        <div class="actions">
          {part === "running" && <Button onPress={end} busyText={w.ending}>{w.end}<span class="hidden"> ({window.name})</span></Button>}
          {part !== "running" && <button type="button" class="button" aria-label={w.removeOf(window.name)} onClick={() => removeLater(windowPath(window.id), w.removed(window.name), reload)}>{w.remove}</button>}
        </div>
      )}
    </li>
  );
}

function State({ window, part }: { window: Window; part: Part }) {
  const { current, next } = window;
  if (part === "running" && current) return <StateText status="maintenance" text={w.endsIn(left(current.ends_at))} />;
  if (next && part !== "over") return <span title={exact(next.starts_at)}>{w.next(clock(next.starts_at, now.value))} <span class="soft">{w.startsIn(left(next.starts_at))}</span></span>;
  return <span class="soft">{w.overSince(roughly(secondsSince(endedAt(window, now.value), now.value)))}</span>;
}

function left(at: string): string {
  return roughly(Math.max(0, Date.parse(at) - now.value) / 1000);
}
