/** One monitor: how it is and why, and behind tabs all that is known of it. */
import { getMonitor } from "../api/calls";
import type { Monitor } from "../api/types";
import { Loading, Trouble } from "../components/Panel";
import { Tabs } from "../components/Pill";
import { pathTo } from "../domain/routes";
import { findRow, loadRows } from "../state/monitors";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { w } from "../words/monitor";
import { Badges } from "./monitor/Badges";
import { Head } from "./monitor/Head";
import { MonitorIncidents } from "./monitor/Incidents";
import { Results } from "./monitor/Results";
import { Runs } from "./monitor/Runs";
import { Summary } from "./monitor/Summary";
import { SpanTimeline } from "./monitor/SpanTimeline";
import "../style/monitor.css";

type Tab = keyof typeof w.tabs;

export function MonitorPage({ reference }: { reference: string }) {
  const row = findRow(reference);
  const monitor = useResource(`monitor ${reference}`, () => getMonitor(reference), row);
  const found = monitor.value;
  const refresh = () => {
    monitor.reload();
    void loadRows();
  };
  return (
    <>
      <Head reference={reference} monitor={found} row={row} onDone={refresh} />
      <Trouble problem={monitor.problem} retry={monitor.reload} />
      {found === null && monitor.problem === null && <Loading />}
      {found && <Views reference={reference} monitor={found} strip={row?.strip ?? ""} refresh={refresh} />}
    </>
  );
}

function Views({ reference, monitor, strip, refresh }: { reference: string; monitor: Monitor; strip: string; refresh: () => void }) {
  const job = Boolean(monitor.heartbeat);
  const tabs: readonly Tab[] = ["summary", job ? "runs" : "results", "timeline", "incidents", "badges"];
  const tab = tabs.find((name) => name === place.value.query.get("tab")) ?? "summary";
  const path = pathTo("monitor", { ref: reference });
  return (
    <>
      <Tabs label={w.tabsLabel} tabs={tabs.map((name) => ({ to: addressOf(path, new URLSearchParams(name === "summary" ? {} : { tab: name })), text: w.tabs[name], on: name === tab }))} />
      {tab === "summary" && <Summary monitor={monitor} strip={strip} refresh={refresh} />}
      {tab === "results" && <Results monitor={monitor} />}
      {tab === "runs" && monitor.heartbeat && <Runs monitor={monitor} beat={monitor.heartbeat} refresh={refresh} />}
      {tab === "timeline" && <SpanTimeline monitor={monitor} />}
      {tab === "incidents" && <MonitorIncidents monitor={monitor} />}
      {tab === "badges" && <Badges monitor={monitor} refresh={refresh} />}
    </>
  );
}
