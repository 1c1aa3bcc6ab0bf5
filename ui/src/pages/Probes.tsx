/** Probes: who checks from where, how each of them does, and the regions beside each other. */
import { getHealth, getProbes, getRegions } from "../api/calls";
import type { Probe } from "../api/probes";
import { Button } from "../components/Button";
import { Card, Empty, Loading, Trouble } from "../components/Panel";
import { forAll } from "../components/Whole";
import { LOCAL } from "../domain/sentences";
import { now } from "../state/now";
import { probeNews } from "../state/probes";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { w } from "../words/probes";
import { ask, asked } from "./settings/asking";
import { AddProbe } from "./probes/AddProbe";
import { ProbeTable } from "./probes/ProbeTable";
import { RegionTable } from "./probes/RegionTable";
import "../style/accounts.css";
import "../style/monitors.css";
import "../style/probes.css";

const AGAIN_MS = 10_000;

export const Probes = forAll(Desk);

function Desk() {
  // Figures move without an event; they are asked for while somebody looks.
  const version = `${probeNews.value} ${Math.floor(now.value / AGAIN_MS)}`;
  const probes = useResource("probes", getProbes, version);
  const regions = useResource("regions", getRegions, version);
  const health = useResource("health", getHealth);
  const all: readonly Probe[] = probes.value?.data ?? [];
  const places = regions.value?.data ?? [];
  const may = can("admin");
  const add = may ? <Button primary onPress={() => ask("new", "1")}>{w.add}</Button> : undefined;
  const reload = () => {
    probes.reload();
    regions.reload();
  };
  return (
    <>
      <header class="top">
        <div><h1>{w.title}</h1><p>{w.lead}</p></div>
        {all.length > 0 && add && <div class="actions">{add}</div>}
      </header>
      <Trouble problem={probes.problem ?? regions.problem} retry={reload} />
      {probes.value === null && probes.problem === null && <Loading />}
      {probes.value && all.length === 0 && <div class="card"><Empty title={w.none} action={add}>{may ? w.noneText : `${w.noneText} ${w.noneViewer}`}</Empty></div>}
      <div class="probes">
        {(all.length > 0 || places.some((one) => one.region !== LOCAL)) && <Card title={w.regions.title} flush><RegionTable regions={places} /></Card>}
        {all.length > 0 && <Card title={w.list.title} flush><ProbeTable probes={all} local={places.find((one) => one.region === LOCAL)} version={health.value?.version ?? ""} editable={may} reload={reload} /></Card>}
      </div>
      {may && asked("new") !== null && <AddProbe regions={places} reload={reload} onClose={() => ask("new", null)} />}
    </>
  );
}
