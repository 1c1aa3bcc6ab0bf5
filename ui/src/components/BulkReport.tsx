/** What of something done to many could not be done, and why. */
import { pathTo } from "../domain/routes";
import { report } from "../state/report";
import { w } from "../words/bulk";
import { Dialog } from "./Dialog";
import "../style/monitors.css";

export function BulkReport() {
  const lines = report.value ?? [];
  const close = () => (report.value = null);
  return (
    <Dialog title={w.reportTitle(lines.length)} onClose={close}>
      <ul class="report">
        {lines.map((line) => <li key={line.id}><a class="link" href={pathTo("monitor", { ref: line.id })} onClick={close}>{line.name}</a><span class="soft">{line.error}</span></li>)}
      </ul>
    </Dialog>
  );
}
