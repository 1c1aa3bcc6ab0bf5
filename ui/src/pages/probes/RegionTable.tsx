/** The regions beside each other: who has a vote, and from where something fails. */
import type { Region } from "../../api/probes";
import { StateText } from "../../components/StatusIcon";
import { ordered, regionName, voting } from "../../domain/probes";
import { pathTo } from "../../domain/routes";
import { LOCAL } from "../../domain/sentences";
import { rows } from "../../state/monitors";
import { w } from "../../words/probes";

const FEW = 3;

export function RegionTable({ regions }: { regions: readonly Region[] }) {
  const { columns } = w.regions;
  return (
    <table class="table region-table">
      <caption class="hidden">{w.regions.caption}</caption>
      <thead><tr><th scope="col">{columns.region}</th><th scope="col">{columns.vote}</th><th scope="col" class="number">{columns.online}</th><th scope="col" class="number">{columns.monitors}</th><th scope="col">{columns.failing}</th></tr></thead>
      <tbody>{ordered(regions).map((region) => <Row key={region.region} region={region} />)}</tbody>
    </table>
  );
}

function Row({ region }: { region: Region }) {
  const { columns } = w.regions;
  const vote = voting(region);
  const here = region.region === LOCAL;
  return (
    <tr>
      <th scope="row">{regionName(region.region)}</th>
      <td><StateText status={vote.look} text={vote.word} />{vote.more && <small>{vote.more}</small>}</td>
      <td data-label={columns.online} class="number">{here ? "–" : w.regions.online(region.online, region.probes)}</td>
      <td data-label={columns.monitors} class="number">{region.monitors}</td>
      <td data-label={columns.failing}>{region.failing === 0 ? <span class="faint">0</span> : <Failing region={region} />}</td>
    </tr>
  );
}

/** How many fail from there, and which: the first few, with the way to each. */
function Failing({ region }: { region: Region }) {
  const shown = region.failing_ids.filter((id) => rows.value?.has(id)).slice(0, FEW);
  const more = region.failing - shown.length;
  return (
    <>
      <b class="down">{region.failing}</b>{" "}
      <span class="small">
        {shown.map((id, index) => <>{index > 0 && ", "}<a key={id} class="link" href={pathTo("monitor", { ref: id })}>{rows.value?.get(id)?.name}</a></>)}
        {shown.length > 0 && more > 0 && ` ${w.regions.more(more)}`}
      </span>
    </>
  );
}
