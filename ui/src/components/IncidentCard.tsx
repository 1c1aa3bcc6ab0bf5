/** What needs somebody, with the one action that it needs. */
import { acknowledge } from "../api/calls";
import type { Incident, OverviewRow } from "../api/types";
import { roughly, secondsSince } from "../domain/format";
import { pathTo } from "../domain/routes";
import { incidentSentence, rowTrouble, stateFor } from "../domain/sentences";
import { tone } from "../domain/status";
import { applyIncident } from "../state/incidents";
import { rows } from "../state/monitors";
import { now } from "../state/now";
import { can } from "../state/session";
import { toast } from "../state/toasts";
import { t } from "../words";
import { Button, LinkButton } from "./Button";
import { StateText } from "./StatusIcon";

/** The names of an incident's monitors, or its title while they are not known. */
export function incidentName(incident: Incident): string {
  const names = incident.monitor_ids.flatMap((id) => rows.value?.get(id)?.name ?? []);
  return names.length === 0 ? incident.title : names.length <= 2 ? names.join(", ") : `${names[0]} + ${names.length - 1}`;
}

/** The state an incident stands for: what its monitor shows, else what its severity says. */
export function incidentStatus(incident: Incident) {
  const shown = incident.monitor_ids.map((id) => rows.value?.get(id)?.status).find((status) => status === "down" || status === "degraded" || status === "late");
  return shown ?? (incident.severity === "critical" ? "down" : "degraded");
}

/** An open or acknowledged incident. */
export function IncidentCard({ incident }: { incident: Incident }) {
  const status = incidentStatus(incident);
  const open = incident.status === "open";
  const since = roughly(secondsSince(incident.started_at, now.value));
  return (
    <article class={`card alert ${tone(status)}-edge${open ? "" : " in-hand"}`}>
      <div>
        <p class="alert-head"><StateText status={status} text={t.stateFor(t.status[status] ?? status, since)} /> <b>{incidentName(incident)}</b></p>
        <p>{incidentSentence(incident, now.value)}</p>
      </div>
      <div class="actions">
        {open && can("editor") && <Button primary onPress={() => acknowledgeIncident(incident.id)}>{t.incident.acknowledge}</Button>}
        <LinkButton to={pathTo("incident", { ref: incident.id })}>{t.incident.view}</LinkButton>
      </div>
    </article>
  );
}

/** A troubled monitor that no incident speaks for, or not yet. */
export function TroubledRow({ row }: { row: OverviewRow }) {
  return (
    <article class={`card alert ${tone(row.status)}-edge`}>
      <div>
        <p class="alert-head"><StateText status={row.status} text={stateFor(row.status, row.since, now.value)} /> <b>{row.name}</b></p>
        <p>{rowTrouble(row) || t.incident.noCause}.</p>
      </div>
      <div class="actions"><LinkButton to={pathTo("monitor", { ref: row.id })}>{t.incident.view}</LinkButton></div>
    </article>
  );
}

/** Acknowledges, and shows it at once. */
export async function acknowledgeIncident(id: number, note = ""): Promise<void> {
  applyIncident(await acknowledge(id, note));
  toast(t.incident.doneAck);
}
