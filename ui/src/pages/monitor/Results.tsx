/** The last results, newest first, and page by page those before them. */
import { useState } from "preact/hooks";
import { getResults } from "../../api/calls";
import { Card, Loading, Trouble } from "../../components/Panel";
import { Button } from "../../components/Button";
import { StatusIcon } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import type { CheckResult, Page } from "../../api/types";
import { latency } from "../../domain/format";
import { joined } from "../../domain/pages";
import { firstSentence } from "../../domain/sentences";
import type { Resource } from "../../state/resource";
import { reasonText, t } from "../../words";
import { p } from "../../words/pages";

const FEW = 10;
const PAGE = 50;

export function Results({ reference, results }: { reference: string; results: Resource<Page<CheckResult>> }) {
  const [older, setOlder] = useState<Page<CheckResult> | null>(null);
  const newest = results.value?.data ?? [];
  const kept = older && joined(newest, older.data);
  const shown = kept ?? newest.slice(0, FEW);
  const cursor = kept ? older?.next_cursor : results.value?.next_cursor;
  const more = async () => {
    if (!kept && newest.length > FEW) return setOlder({ data: newest, next_cursor: cursor ?? null });
    const next = await getResults(reference, { limit: PAGE, cursor: cursor ?? undefined });
    setOlder({ data: [...shown, ...next.data], next_cursor: next.next_cursor });
  };
  return (
    <Card title={p.monitor.results} flush later>
      <Trouble problem={results.problem} retry={results.reload} />
      {results.value === null && results.problem === null && <div class="inside"><Loading /></div>}
      {results.value !== null && newest.length === 0 && <p class="soft inside">{p.monitor.noResults}</p>}
      {shown.length > 0 && (
        <table class="results">
          <thead><tr><th scope="col">{p.monitor.columns.at}</th><th scope="col">{p.monitor.columns.found}</th><th scope="col" class="number">{p.monitor.columns.latency}</th><th scope="col" class="wide">{p.monitor.columns.message}</th></tr></thead>
          <tbody>{shown.map((result) => <ResultRow key={`${result.at} ${result.region ?? ""}`} result={result} />)}</tbody>
        </table>
      )}
      {(cursor || (!kept && newest.length > FEW)) && <p class="inside"><Button onPress={more}>{t.incidents.more}</Button></p>}
    </Card>
  );
}

function ResultRow({ result }: { result: CheckResult }) {
  const region = result.region && result.region !== t.common.local ? ` · ${result.region}` : "";
  const message = result.status === "up" ? (result.code ? String(result.code) : "") : firstSentence(result.message || reasonText(result.reason));
  return (
    <tr>
      <td class="nowrap"><Clock at={result.at} />{region}</td>
      <td class="nowrap"><StatusIcon status={result.status} /> {t.statusShort[result.status] ?? result.status}</td>
      <td class="number nowrap">{latency(result.latency_ms)}</td>
      <td class={`wide${result.status === "up" ? " calm" : ""}`}>{message}{result.counted === false && <span class="faint"> · {p.monitor.tried}</span>}</td>
    </tr>
  );
}
