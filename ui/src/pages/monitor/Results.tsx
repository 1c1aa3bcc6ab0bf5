/** The results of a monitor, newest first and page by page, narrowed by what was found and from where. */
import { useEffect, useState } from "preact/hooks";
import { getResults, getSeries } from "../../api/calls";
import type { CheckResult, Monitor, Page } from "../../api/types";
import { Button, LinkButton } from "../../components/Button";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Pill } from "../../components/Pill";
import { StatusIcon } from "../../components/StatusIcon";
import { Waterfall } from "../../components/Waterfall";
import { Clock } from "../../components/When";
import { latency } from "../../domain/format";
import { joined } from "../../domain/pages";
import { PHASES } from "../../domain/phases";
import { firstSentence } from "../../domain/sentences";
import { findRow } from "../../state/monitors";
import { addressOf, place } from "../../state/place";
import { useResource } from "../../state/resource";
import { reasonText, t } from "../../words";
import { w } from "../../words/monitor";
import { p } from "../../words/pages";
import { lately } from "./Summary";

const PAGE = 50;
const FINDINGS = ["up", "degraded", "down", "unknown"] as const;

export function Results({ monitor }: { monitor: Monitor }) {
  const { query, path } = place.value;
  const status = FINDINGS.find((name) => name === query.get("status"));
  const region = query.get("region") ?? "";
  const asked = { limit: PAGE, status, region: region || undefined };
  const key = `results ${monitor.id} ${status ?? ""} ${region}`;
  const first = useResource(key, () => getResults(monitor.id, asked), findRow(String(monitor.id)));
  const known = useResource(`regions ${monitor.id}`, () => getSeries(monitor.id, { ...lately(3_600_000), step: 3600 }));
  const [older, setOlder] = useState<Page<CheckResult> | null>(null);
  useEffect(() => setOlder(null), [key]);
  const newest = first.value?.data ?? [];
  const kept = older && joined(newest, older.data);
  const cursor = kept ? older?.next_cursor : first.value?.next_cursor;
  const shown = kept ?? newest;
  const more = async () => {
    const next = await getResults(monitor.id, { ...asked, cursor: cursor ?? undefined });
    setOlder({ data: [...shown, ...next.data], next_cursor: next.next_cursor });
  };
  const to = (name: string, value: string) => addressOf(path, changed(query, name, value));
  const regions = known.value?.regions ?? [];
  return (
    <>
      <div class="filters">
        <nav class="pills" aria-label={w.results.status}>
          <Pill to={to("status", "")} on={!status}>{w.results.all}</Pill>
          {FINDINGS.map((name) => <Pill key={name} to={to("status", name)} on={name === status}><StatusIcon status={name} /> {t.statusShort[name]}</Pill>)}
        </nav>
        {(regions.length > 1 || region) && (
          <nav class="pills" aria-label={w.regions.label}>
            <Pill to={to("region", "")} on={!region}>{w.regions.all}</Pill>
            {[...new Set([...regions, ...(region ? [region] : [])])].map((name) => <Pill key={name} to={to("region", name)} on={name === region}>{name}</Pill>)}
          </nav>
        )}
      </div>
      <Card flush>
        <Trouble problem={first.problem} retry={first.reload} />
        {first.value === null && first.problem === null && <div class="inside"><Loading /></div>}
        {first.value !== null && shown.length === 0 && (status || region
          ? <Empty title={w.results.none} action={<LinkButton to={addressOf(path, new URLSearchParams({ tab: "results" }))}>{w.results.showAll}</LinkButton>}>{w.results.noneText}</Empty>
          : <p class="soft inside first-line">{p.monitor.noResults}</p>)}
        {shown.length > 0 && <Table results={shown} many={regions.length > 1} />}
        {cursor && <p class="inside"><Button onPress={more}>{t.incidents.more}</Button></p>}
      </Card>
    </>
  );
}

function changed(query: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(query);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}

function Table({ results, many }: { results: readonly CheckResult[]; many: boolean }) {
  return (
    <table class="results">
      <thead><tr><th scope="col">{p.monitor.columns.at}</th><th scope="col">{p.monitor.columns.found}</th><th scope="col" class="number">{p.monitor.columns.latency}</th><th scope="col" class="wide">{p.monitor.columns.message}</th></tr></thead>
      <tbody>{results.map((result) => <ResultRow key={`${result.at} ${result.region ?? ""}`} result={result} many={many} />)}</tbody>
    </table>
  );
}

function ResultRow({ result, many }: { result: CheckResult; many: boolean }) {
  const [open, setOpen] = useState(false);
  const whole = result.status === "up" ? (result.code ? String(result.code) : "") : result.message || reasonText(result.reason);
  const phases = result.phases_ms ?? {};
  const deep = whole !== firstSentence(whole) && result.status !== "up" || PHASES.some((phase) => typeof phases[phase] === "number");
  return (
    <tr>
      <td class="nowrap"><Clock at={result.at} />{many && result.region && <span class="faint"> · {result.region}</span>}</td>
      <td class="nowrap"><StatusIcon status={result.status} /> {t.statusShort[result.status] ?? result.status}</td>
      <td class="number nowrap">{latency(result.latency_ms)}</td>
      <td class={`wide${result.status === "up" && !open ? " calm" : ""}`}>
        {deep && <Fold open={open} onPress={() => setOpen(!open)} />}
        {open ? whole : firstSentence(whole)}{result.counted === false && <span class="faint"> · {p.monitor.tried}</span>}
        {open && <div class="result-more"><Waterfall phases={phases} total={result.latency_ms} reason={result.status === "up" ? null : result.reason} /></div>}
      </td>
    </tr>
  );
}

function Fold({ open, onPress }: { open: boolean; onPress: () => void }) {
  const name = open ? w.results.hide : w.results.show;
  return (
    <button type="button" class="fold" aria-expanded={open} aria-label={name} title={name} onClick={onPress}>
      <svg viewBox="0 0 12 12" aria-hidden="true"><path d="M2.5 4.5L6 8l3.5-3.5" /></svg>
    </button>
  );
}
