/** The key of a probe, shown once, in everything that starts it; and whether it has called. */
import { useState } from "preact/hooks";
import { under } from "../../api/base";
import { getProbe, type Probe, type WithKey } from "../../api/probes";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { StateText } from "../../components/StatusIcon";
import { addressFor, isLoopback, setUps, type SetUp } from "../../domain/probe-setup";
import { now } from "../../state/now";
import { probeNews } from "../../state/probes";
import { useResource } from "../../state/resource";
import { w } from "../../words/probes";

/** The address of this asura, as this page reached it. */
export const pageAddress = () => location.origin + under("").replace(/\/$/, "");

export function Ready({ made, onClose }: { made: WithKey; onClose: () => void }) {
  const primary = addressFor(made.primary, pageAddress());
  const ways = setUps({ primary, key: made.key });
  const [chosen, choose] = useState<SetUp["name"]>("command");
  const shown = ways.find((one) => one.name === chosen);
  return (
    <Dialog title={w.ready.title(made.name)} onClose={onClose}>
      <div class="probe-ready">
        <p class="soft">{w.ready.text(made.region)}</p>
        {isLoopback(primary) && <p class="wrong-box">{w.ready.loopback(primary)}</p>}
        <div class="ways">
          <div class="pills" role="group" aria-label={w.ready.ways}>
            {ways.map(({ name }) => <button key={name} type="button" class={`pill${name === chosen ? " on" : ""}`} aria-pressed={name === chosen} onClick={() => choose(name)}>{w.ready.way[name]}</button>)}
          </div>
          <Copy text={shown?.text ?? ""} label={w.ready.copy} />
        </div>
        <pre class="snippet" tabIndex={0}>{shown?.text}</pre>
        <div class="actions end between"><Waiting made={made} /><Button primary onPress={onClose}>{w.ready.done}</Button></div>
      </div>
    </Dialog>
  );
}

/** Turns by itself when the probe calls. One that had called with its old key is awaited anew. */
function Waiting({ made }: { made: WithKey }) {
  const found = useResource(`probe ${made.id}`, () => getProbe(made.id), `${probeNews.value} ${Math.floor(now.value / 2_000)}`);
  return <p role="status" class="waiting">{found.value && hasCalled(found.value, made) ? <There probe={found.value} /> : <StateText status="pending" text={w.ready.waiting} />}</p>;
}

function There({ probe }: { probe: Probe }) {
  if (probe.blind) return <StateText status="unknown" text={w.ready.blind(probe.blind)} />;
  return <StateText status="up" text={probe.monitors > 0 ? w.ready.there(probe.monitors) : w.ready.thereNone(probe.region)} />;
}

function hasCalled(probe: Probe, made: WithKey): boolean {
  return probe.online && (probe.last_seen_at ?? "") > (made.last_seen_at ?? "");
}
