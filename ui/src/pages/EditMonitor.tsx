/** A new monitor, a copy of one, or one that is changed: loads what the form needs. */
import { getCheckTypes, readMonitor, type WholeMonitor } from "../api/editing";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { pathTo } from "../domain/routes";
import { place } from "../state/place";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { t } from "../words";
import { w } from "../words/editing";
import { MonitorForm } from "./editing/MonitorForm";

export function EditMonitor({ reference }: { reference: string | null }) {
  const from = reference === null ? place.value.query.get("from") : null;
  const source = reference ?? from;
  const types = useResource("check-types", getCheckTypes);
  const monitor = useResource(`edited ${source ?? ""}`, async () => (source === null ? null : readMonitor(source)));
  if (reference === null && !can("editor")) {
    return <div class="card"><Empty page title={w.mayNot} action={<LinkButton to={pathTo("monitors")}>{w.crumb.monitors}</LinkButton>}>{w.mayNotText}</Empty></div>;
  }
  if (monitor.problem?.status === 404) {
    return <div class="card"><Empty page title={w.missing} action={<LinkButton to="/" primary>{t.common.goHome}</LinkButton>} /></div>;
  }
  const ready = types.value !== null && (source === null || monitor.value !== null);
  const mode = reference !== null ? "edit" : from !== null ? "copy" : "new";
  const key = `${source ?? "new"} ${monitor.value?.etag ?? ""}`;
  return (
    <>
      <Trouble problem={types.problem ?? monitor.problem} retry={() => { types.reload(); monitor.reload(); }} />
      {!ready && types.problem === null && monitor.problem === null && <Loading />}
      {ready && types.value && <MonitorForm key={key} types={types.value} source={monitor.value as { value: WholeMonitor; etag: string | null } | null} mode={mode} reload={monitor.reload} />}
    </>
  );
}
