/** The head of a monitor's page: its name, how it is and why, and what can be done with it. */
import { checkNow, pauseMonitor, resumeMonitor } from "../../api/calls";
import type { Agreement } from "../../api/probes";
import type { Monitor, OverviewRow, Status } from "../../api/types";
import { Button, LinkButton } from "../../components/Button";
import { lazy } from "../../components/lazy";
import { StateText } from "../../components/StatusIcon";
import { clock } from "../../domain/format";
import { pathTo } from "../../domain/routes";
import { resultText, stateFor } from "../../domain/sentences";
import { isProblem } from "../../domain/status";
import { now } from "../../state/now";
import { go } from "../../state/place";
import { removeMonitors } from "../../state/removal";
import { can, limited } from "../../state/session";
import { toast } from "../../state/toasts";
import { reasonText } from "../../words";
import { afterPublicWords } from "../../words/language";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";

const Alone = lazy(() => afterPublicWords(() => import("../regions/Alone")).then((part) => part.Alone), true);

interface Props {
  reference: string;
  monitor: Monitor | null;
  row: OverviewRow | undefined;
  /** What several regions say of it. */
  agreement: Agreement | null;
  onDone: () => void;
}

export function Head({ reference, monitor, row, agreement, onDone }: Props) {
  const name = monitor?.name ?? row?.name ?? reference;
  return (
    <header class="top">
      <div>
        <p class="crumb"><a href={pathTo("monitors")}>{w.crumb}</a> / {monitor?.slug ?? row?.slug ?? reference}</p>
        <h1>{name}</h1>
        {monitor && <p><Reason monitor={monitor} agreement={agreement} status={row?.status ?? monitor.status} since={row?.since ?? monitor.since} /></p>}
      </div>
      {monitor && can("editor") && <Actions monitor={monitor} onDone={onDone} />}
    </header>
  );
}

/** How it is, since when, why, and the incident that speaks for it. */
function Reason({ monitor, agreement, status, since }: { monitor: Monitor; agreement: Agreement | null; status: Status; since: string | null }) {
  const text = why(monitor, status);
  const incident = isProblem(status) ? monitor.incident_id : null;
  return (
    <>
      <StateText status={status} text={stateFor(status, since, now.value)} />{" "}
      {status === "up" && agreement?.reason === "minority_failing" ? <Alone agreement={agreement} /> : text && status !== "pending" && <span class="reason">{text.replace(/[.\s]+$/, "")}.</span>}{" "}
      {incident && <a class="link nowrap" href={pathTo("incident", { ref: incident })}>{w.incident(incident)}</a>}
    </>
  );
}

function why(monitor: Monitor, status: Status): string {
  const last = monitor.last_result;
  if (status === "up") return monitor.heartbeat ? p.job.well : reasonText("ok");
  if (status === "paused") return "";
  if (monitor.status_message) return inZone(monitor.status_message);
  return last && last.status !== "up" && last.message ? last.message : reasonText(monitor.status_reason);
}

/** The server says in UTC when a maintenance ends; readers have a zone of their own. */
function inZone(message: string): string {
  return message.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/, (_, day: string, time: string) => clock(`${day}T${time}:00Z`, now.value));
}

function Actions({ monitor, onDone }: { monitor: Monitor; onDone: () => void }) {
  const paused = monitor.status === "paused" || !monitor.enabled;
  const ours = !monitor.managed_by;
  const check = async () => {
    const result = await checkNow(monitor.id);
    toast(p.monitor.found(resultText(result)), { kind: result.status === "up" ? "done" : "failed" });
    onDone();
  };
  const resume = async () => {
    await resumeMonitor(monitor.id);
    toast(p.monitor.resumed(monitor.name));
    onDone();
  };
  const pause = async () => {
    await pauseMonitor(monitor.id);
    toast(p.monitor.paused(monitor.name), { action: { label: p.monitor.undo, run: () => void resume() } });
    onDone();
  };
  const remove = () => {
    removeMonitors([monitor.id]);
    go(pathTo("monitors"));
  };
  return (
    <div class="actions monitor-actions">
      {!paused && !monitor.heartbeat && <Button onPress={check} busyText={p.monitor.checking}>{p.monitor.checkNow}</Button>}
      {ours && (paused ? <Button primary onPress={resume}>{p.monitor.resume}</Button> : <Button onPress={pause}>{p.monitor.pause}</Button>)}
      {!limited.value && <LinkButton to={`${pathTo("newMaintenance")}?monitors=${monitor.id}`}>{w.maintenance}</LinkButton>}
      {ours && <LinkButton to={pathTo("editMonitor", { ref: monitor.id })}>{w.edit}</LinkButton>}
      <LinkButton to={`${pathTo("newMonitor")}?from=${monitor.id}`}>{w.duplicate}</LinkButton>
      {ours && <Button onPress={remove}>{p.monitor.remove}</Button>}
    </div>
  );
}
