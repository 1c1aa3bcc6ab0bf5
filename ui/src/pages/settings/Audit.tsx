/** Who changed what, when, and from where: filters in the address, the newest first. */
import { useEffect, useState } from "preact/hooks";
import { getAudit, type AuditRow } from "../../api/accounts";
import { under } from "../../api/base";
import { asProblem, type Problem } from "../../api/problem";
import { Button, LinkButton } from "../../components/Button";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { place, setQuery } from "../../state/place";
import { useResource } from "../../state/resource";
import { w } from "../../words/settings";
import { AuditEntry } from "./AuditEntry";
import { AuditFilters, queryOf } from "./AuditFilters";
import { Head } from "./parts";
import { Verify } from "./Verify";

const LIMIT = 50;

export function Audit() {
  const { query } = place.value;
  const filters = queryOf(query);
  const key = JSON.stringify(filters);
  const first = useResource(`audit ${key}`, () => getAudit({ ...filters, limit: LIMIT }));
  const older = useOlder(key, first.value?.next_cursor ?? null, filters);
  const rows = [...(first.value?.data ?? []), ...older.rows];
  const filtered = Object.keys(filters).length > 0;
  return (
    <>
      <Head title={w.audit.title} lead={w.audit.lead}>
        <Verify />
        <a class="button" href={under("/api/v1/audit/export")} download="asura-audit.jsonl">{w.audit.export}</a>
      </Head>
      <AuditFilters query={query} onChange={(next) => setQuery(next, { replace: true })} />
      <Trouble problem={first.problem} retry={first.reload} />
      {first.value === null ? !first.problem && <Loading /> : rows.length === 0 ? <Nothing filtered={filtered} /> : (
        <div class="card"><ul class="audit" aria-label={w.audit.title}>{rows.map((row) => <AuditEntry key={row.id} row={row} />)}</ul></div>
      )}
      <Trouble problem={older.problem} retry={() => void older.load()} />
      {older.cursor !== null && <p class="centre"><Button onPress={older.load}>{w.audit.more}</Button></p>}
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (!filtered) return <div class="card"><Empty title={w.audit.none}>{w.audit.noneText}</Empty></div>;
  return <div class="card"><Empty title={w.audit.noneFit} action={<LinkButton to="/settings/audit">{w.audit.clear}</LinkButton>}>{w.audit.noneFitText}</Empty></div>;
}

interface Older { key: string; rows: readonly AuditRow[]; cursor: string | null; problem: Problem | null }

/** The pages after the first one; they are forgotten when the filters change. */
function useOlder(key: string, start: string | null, filters: Record<string, string>) {
  const blank: Older = { key, rows: [], cursor: start, problem: null };
  const [held, hold] = useState<Older>(blank);
  const current = held.key === key && held.rows.length > 0 ? held : { ...blank, problem: held.key === key ? held.problem : null };
  useEffect(() => hold(blank), [key, start]);
  const load = async () => {
    try {
      const page = await getAudit({ ...filters, limit: LIMIT, cursor: current.cursor ?? undefined });
      hold({ key, rows: [...current.rows, ...page.data], cursor: page.next_cursor, problem: null });
    } catch (thrown) {
      hold({ ...current, problem: asProblem(thrown) });
    }
  };
  return { ...current, load };
}
