/** One row of the audit log: a sentence, and behind it what was before and after. */
import { useState } from "preact/hooks";
import type { AuditRow } from "../../api/accounts";
import { Clock } from "../../components/When";
import { changesOf } from "../../domain/audit";
import { pathTo } from "../../domain/routes";
import { w } from "../../words/settings";

export function AuditEntry({ row }: { row: AuditRow }) {
  const [open, setOpen] = useState(false);
  const changes = changesOf(row);
  return (
    <li>
      <button type="button" class="audit-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Clock at={row.at} />
        <span class="break"><b>{row.actor}</b> {didWhat(row)}</span>
        <small>{changes.length > 0 && w.audit.fields(changes.length)}</small>
      </button>
      {open && (
        <div class="audit-body">
          {changes.length === 0 ? <p class="soft">{w.audit.noFields}</p> : (
            <dl class="diff">
              {changes.map(({ field, before, after }) => (
                <div key={field}>
                  <dt>{field}</dt>
                  {before !== null && <dd class="was"><span class="hidden">{w.audit.before}: </span>{before}</dd>}
                  {after !== null && <dd class="is"><span class="hidden">{w.audit.after}: </span>{after}</dd>}
                </div>
              ))}
            </dl>
          )}
          <p class="faint small">{row.address && <>{w.audit.address(row.address)} · </>}{w.audit.row(row.id)} · <code title={row.hash}>{row.hash.slice(0, 12)}</code>
            {row.entity === "monitor" && row.entity_id !== null && row.action !== "delete" && <> · <a class="link" href={pathTo("monitor", { ref: row.entity_id })}>{row.name}</a></>}</p>
        </div>
      )}
    </li>
  );
}

/** "changed monitor Shop"; words that are not known are shown as they are. */
function didWhat({ action, entity, name }: AuditRow): string {
  const phrase = (w.audit.phrases as Record<string, string | ((name: string) => string)>)[`${entity}_${action}`];
  if (phrase) return typeof phrase === "string" ? phrase : phrase(name || w.audit.somebody);
  const did = (w.audit.did as Record<string, string>)[action] ?? action.replace(/[._]/g, " ");
  const kind = (w.audit.entities as Record<string, string>)[entity] ?? entity.replace(/_/g, " ");
  return w.audit.what(did, kind, name);
}
