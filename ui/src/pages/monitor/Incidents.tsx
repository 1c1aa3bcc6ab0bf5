/** The incidents of a monitor. */
import { getIncidents } from "../../api/calls";
import type { Monitor } from "../../api/types";
import { LinkButton } from "../../components/Button";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { incidentNews } from "../../state/incidents";
import { useResource } from "../../state/resource";
import { w } from "../../words/monitor";
import { IncidentRow } from "../Incidents";

const MANY = 50;

export function MonitorIncidents({ monitor }: { monitor: Monitor }) {
  const incidents = useResource(`all incidents of ${monitor.id}`, () => getIncidents({ monitor_id: monitor.id, limit: MANY }), incidentNews.value);
  const found = incidents.value?.data ?? [];
  return (
    <Card flush>
      <Trouble problem={incidents.problem} retry={incidents.reload} />
      {incidents.value === null && incidents.problem === null && <div class="inside"><Loading /></div>}
      {incidents.value !== null && found.length === 0 && <Empty title={w.incidents.none}>{w.incidents.noneText}</Empty>}
      {found.length > 0 && <ul class="incident-rows">{found.map((one) => <IncidentRow key={one.id} incident={one} nameless />)}</ul>}
      {incidents.value?.next_cursor && <p class="inside first-line"><LinkButton to={`/incidents?status=all&monitor=${monitor.id}`}>{w.incidents.all}</LinkButton></p>}
    </Card>
  );
}
