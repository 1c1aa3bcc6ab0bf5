/** Below the heading of the overview: probes that are gone, and what fails from one region alone. */
import type { Probe } from "../../api/probes";
import { listed } from "../../domain/format";
import { failingAlone } from "../../domain/regions";
import { pathTo } from "../../domain/routes";
import { rows } from "../../state/monitors";
import { missing, regions } from "../../state/probes";
import { w } from "../../words/regions";

const FEW = 3;

export function PlacesLine() {
  const alone = failingAlone(regions.value, (id) => rows.value?.get(id)?.status === "up");
  const blind = missing.value.filter((one) => one.online);
  const gone = missing.value.filter((one) => !one.online);
  if (missing.value.length === 0 && alone.length === 0) return null;
  return (
    <p class="places-line">
      {gone.length > 0 && <><a class="link" href={pathTo("probes")}>{w.overview.gone(gone.length, named(gone))}</a>. </>}
      {blind.length > 0 && <><a class="link" href={pathTo("probes")}>{w.overview.blind(blind.length, named(blind))}</a>. </>}
      {alone.map(([where, ids]) => <span key={where}>{w.overview.alone(where)} <Some ids={ids} />. </span>)}
    </p>
  );
}

/** The first few of some monitors, with the way to each. */
function Some({ ids }: { ids: readonly number[] }) {
  const more = ids.length - FEW;
  return (
    <>
      {ids.slice(0, FEW).map((id, index) => <>{index > 0 && ", "}<a key={id} class="link" href={pathTo("monitor", { ref: id })}>{rows.value?.get(id)?.name}</a></>)}
      {more > 0 && ` ${w.overview.more(more)}`}
    </>
  );
}

function named(some: readonly Probe[]): string {
  const names = some.slice(0, FEW).map((one) => `${one.name} (${one.region})`);
  return some.length > FEW ? `${names.join(", ")} ${w.overview.more(some.length - FEW)}` : listed(names);
}
