/** The last results, newest first. */
import { useState } from "preact/hooks";
import { Card, Loading, Trouble } from "../../components/Panel";
import { Button } from "../../components/Button";
import { StatusIcon } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import type { CheckResult, Page } from "../../api/types";
import { latency } from "../../domain/format";
import { firstSentence } from "../../domain/sentences";
import type { Resource } from "../../state/resource";
import { reasonText, t } from "../../words";
import { p } from "../../words/pages";

const FEW = 10;

export function Results({ results }: { results: Resource<Page<CheckResult>> }) {
  const [all, setAll] = useState(false);
  const list = results.value?.data ?? [];
  const shown = all ? list : list.slice(0, FEW);
  return (
    <Card title={p.monitor.results} flush later>
      <Trouble problem={results.problem} retry={results.reload} />
      {results.value === null && results.problem === null && <div class="inside"><Loading /></div>}
      {results.value !== null && list.length === 0 && <p class="soft inside">{p.monitor.noResults}</p>}
      {list.length > 0 && (
        <table class="results">
          <thead><tr><th scope="col">{p.monitor.columns.at}</th><th scope="col">{p.monitor.columns.found}</th><th scope="col" class="number">{p.monitor.columns.latency}</th><th scope="col" class="wide">{p.monitor.columns.message}</th></tr></thead>
          <tbody>{shown.map((result) => <ResultRow key={`${result.at} ${result.region ?? ""}`} result={result} />)}</tbody>
        </table>
      )}
      {list.length > shown.length && <p class="inside"><Button onPress={() => setAll(true)}>{t.incidents.more}</Button></p>}
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
      <td class="wide">{message}</td>
    </tr>
  );
}
