/** What each region says of a monitor, and what they agree on: for those that are checked from more places than here. */
import type { Agreement, RegionState } from "../../api/probes";
import { Card, Trouble } from "../../components/Panel";
import { StateText } from "../../components/StatusIcon";
import { latency, percent, roughly, secondsSince } from "../../domain/format";
import { ordered } from "../../domain/probes";
import { isSpread, nameOf, silenceText, spread, verdictText } from "../../domain/regions";
import { isProblem } from "../../domain/status";
import { now } from "../../state/now";
import type { Resource } from "../../state/resource";
import { t } from "../../words";
import { p } from "../../words/pages";
import { w } from "../../words/regions";
import "../../style/accounts.css";
import "../../style/probes.css";

interface Props {
  /** The regions that there are results of. */
  known: readonly string[];
  found: Resource<Agreement | null>;
}

export function RegionsPanel({ known, found }: Props) {
  const agreement = found.value;
  if (!agreement) return known.length > 1 && found.problem ? <Card title={w.title}><Trouble problem={found.problem} retry={found.reload} /></Card> : null;
  if (!isSpread(agreement.regions)) return null;
  const { columns } = w;
  return (
    <Card title={w.title} flush>
      <p class="inside verdict">{verdictText(agreement) || agreement.sentence}</p>
      <table class="table says-table">
        <caption class="hidden">{w.title}</caption>
        <thead><tr><th scope="col">{columns.region}</th><th scope="col">{columns.state}</th><th scope="col" class="number">{columns.last}</th><th scope="col" class="number">{columns.p50} · {columns.p95}</th><th scope="col" class="number">{columns.uptime}</th></tr></thead>
        <tbody>{ordered(agreement.regions).map((one) => <Row key={one.region} region={one} all={agreement.regions} />)}</tbody>
      </table>
    </Card>
  );
}

function Row({ region, all }: { region: RegionState; all: readonly RegionState[] }) {
  const { columns } = w;
  // How long a region has been fine is known from the last start on only.
  const lasting = region.since && isProblem(region.status) ? ` ${p.monitor.lastingYet(roughly(secondsSince(region.since, now.value)))}` : "";
  return (
    <tr>
      <th scope="row">{nameOf(region.region)}</th>
      <td class="says">
        <StateText status={region.status} text={t.status[region.status] ?? region.status} /><span class="soft small">{lasting}</span>
        {!region.votes && <small>{w.noVote(silenceText(region.why))}</small>}
        {isProblem(region.status) && region.message && <small>{region.message}</small>}
      </td>
      <td data-label={columns.last} class={quietIf(region.last_result?.latency_ms)}>{latency(region.last_result?.latency_ms)}</td>
      <td data-label={`${columns.p50} · ${columns.p95}`} class={quietIf(region.p50_ms)}>{region.p50_ms === null ? "–" : `${latency(region.p50_ms)} · ${latency(region.p95_ms)}`}<Spread region={region} all={all} /></td>
      <td data-label={columns.uptime} class={quietIf(region.uptime_24h_ratio)}>{percent(region.uptime_24h_ratio)}</td>
    </tr>
  );
}

/** A cell with a figure; one without is left out where there is little room. */
const quietIf = (figure: number | null | undefined) => (typeof figure === "number" ? "number" : "number calm");

/** From the median to 95 %, on a scale that all regions share; the numbers beside it say the same. */
function Spread({ region, all }: { region: RegionState; all: readonly RegionState[] }) {
  const at = spread(region, all);
  if (!at) return null;
  return (
    <svg class="spread" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rail" x="0" y="4" width="100" height="2" />
      <rect class="reach" x={at.from} y="2" width={Math.max(1.5, at.to - at.from)} height="6" />
      <rect class="half" x={Math.min(98, at.from)} y="0" width="2" height="10" />
    </svg>
  );
}
