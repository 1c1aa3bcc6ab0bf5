/** Planned work: what is open now, what comes, what comes again and again, and what is over. */
import { under } from "../api/base";
import { listWindows, type Window } from "../api/status";
import { Copy } from "../components/Copy";
import { LinkButton } from "../components/Button";
import { Card, Empty, Loading, Trouble } from "../components/Panel";
import { endedAt, partsOf, type Part } from "../domain/maintenance";
import { forAll } from "../components/Whole";
import { pathTo } from "../domain/routes";
import { counts } from "../state/monitors";
import { now } from "../state/now";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { going } from "../state/undoable";
import { w } from "../words/maintenance";
import { windowPath, WindowRow } from "./maintenance/WindowRow";
import "../style/status.css";

const AGAIN_MS = 30_000;
const PARTS: readonly Part[] = ["running", "upcoming", "recurring"];

export const Maintenance = forAll(Plan);

function Plan() {
  // Windows open and close by the clock, which no event tells of.
  const windows = useResource("maintenance", listWindows, `${counts.value.maintenance ?? 0} ${Math.floor(now.value / AGAIN_MS)}`);
  const all = (windows.value?.data ?? []).filter((one) => !going.value.has(windowPath(one.id)));
  const may = can("editor");
  const add = may ? <LinkButton to={pathTo("newMaintenance")} primary>{w.add}</LinkButton> : undefined;
  const of = (part: Part) => all.filter((one) => partsOf(one).includes(part)).sort(order(part));
  const list = (part: Part) => <ul class="window-rows">{of(part).map((one) => <WindowRow key={one.id} window={one} part={part} editable={may} reload={windows.reload} />)}</ul>;
  return (
    <>
      <header class="top">
        <div><h1>{w.title}</h1><p>{w.lead}</p></div>
        {all.length > 0 && add && <div class="actions">{add}</div>}
      </header>
      <Trouble problem={windows.problem} retry={windows.reload} />
      {windows.value === null && windows.problem === null && <Loading />}
      {windows.value && all.length === 0 && <div class="card"><Empty title={w.none} action={add}>{w.noneText}</Empty></div>}
      <div class="windows">
        {PARTS.map((part) => of(part).length > 0 && <Card key={part} title={w.parts[part]} flush>{list(part)}</Card>)}
        {of("over").length > 0 && (
          <details class="card form-fold over">
            <summary><span>{w.showOver(of("over").length)}</span></summary>
            {list("over")}
          </details>
        )}
        {windows.value && may && <Script />}
      </div>
    </>
  );
}

/** The line that a deploy script calls. */
function Script() {
  const line = `curl -fsS -X POST -H "Authorization: Bearer $ASURA_MAINTENANCE_KEY" "${location.origin}${under("/api/v1/maintenance")}?tag=${w.script.tag}&for=20m"`;
  return (
    <Card title={w.script.title} aside={can("admin") && <a class="link small" href={`${pathTo("settingsPart", { part: "keys" })}?create=1`}>{w.script.keys}</a>}>
      <p class="soft">{w.script.text}</p>
      <div class="script-line"><pre tabIndex={0}>{line}</pre><Copy text={line} label={w.script.copy} /></div>
    </Card>
  );
}

/** What ends first, what comes first; of what is over, the latest. */
function order(part: Part): (a: Window, b: Window) => number {
  const at = (one: Window) => (part === "running" ? one.current?.ends_at : part === "over" ? endedAt(one, Date.now()) : one.next?.starts_at) ?? "";
  return (a, b) => (part === "over" ? -1 : 1) * (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : a.id - b.id);
}
