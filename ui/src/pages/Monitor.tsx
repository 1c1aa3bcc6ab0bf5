/** One monitor: how it is and why, and behind tabs all that is known of it. */
import { useMemo } from "preact/hooks";
import { getMonitor } from "../api/calls";
import { getAgreement, type Agreement } from "../api/probes";
import type { Monitor } from "../api/types";
import { Loading, Trouble } from "../components/Panel";
import { Tabs } from "../components/Pill";
import { pathTo } from "../domain/routes";
import { LOCAL } from "../domain/sentences";
import { findRow, loadRows } from "../state/monitors";
import { addressOf, place } from "../state/place";
import { now } from "../state/now";
import { probeNews } from "../state/probes";
import { useResource, type Resource } from "../state/resource";
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
  const agreement = useAgreement(found);
  const refresh = () => {
    monitor.reload();
    void loadRows();
  };
  return (
    <>
      <Head reference={reference} monitor={found} row={row} agreement={agreement.value} onDone={refresh} />
      <Trouble problem={monitor.problem} retry={monitor.reload} />
      {found === null && monitor.problem === null && <Loading />}
      {found && <Views reference={reference} monitor={found} agreement={agreement} strip={row?.strip ?? ""} refresh={refresh} />}
    </>
  );
}

/** What the regions say of it, asked for anew with the monitor itself, so that its head and its regions tell the same. */
function useAgreement(monitor: Monitor | null): Resource<Agreement | null> {
  const asked = monitor && !monitor.heartbeat && (monitor.checked_from ?? []).some((one) => one !== LOCAL) ? monitor.id : null;
  const minute = Math.floor(now.value / 60_000);
  const version = useMemo(() => ({}), [monitor, minute, probeNews.value]);
  return useResource(`agreement ${asked ?? ""}`, async () => (asked === null ? null : getAgreement(asked)), version);
}

interface ViewsProps { reference: string; monitor: Monitor; agreement: Resource<Agreement | null>; strip: string; refresh: () => void }

function Views({ reference, monitor, agreement, strip, refresh }: ViewsProps) {
  const job = Boolean(monitor.heartbeat);
  const tabs: readonly Tab[] = ["summary", job ? "runs" : "results", "timeline", "incidents", "badges"];
  const tab = tabs.find((name) => name === place.value.query.get("tab")) ?? "summary";
  const path = pathTo("monitor", { ref: reference });
  return (
    <>
      <Tabs label={w.tabsLabel} tabs={tabs.map((name) => ({ to: addressOf(path, new URLSearchParams(name === "summary" ? {} : { tab: name })), text: w.tabs[name], on: name === tab }))} />
      {tab === "summary" && <Summary monitor={monitor} agreement={agreement} strip={strip} refresh={refresh} />}
      {tab === "results" && <Results monitor={monitor} />}
      {tab === "runs" && monitor.heartbeat && <Runs monitor={monitor} beat={monitor.heartbeat} refresh={refresh} />}
      {tab === "timeline" && <SpanTimeline monitor={monitor} />}
      {tab === "incidents" && <MonitorIncidents monitor={monitor} />}
      {tab === "badges" && <Badges monitor={monitor} refresh={refresh} />}
    </>
  );
}
