/** Every probe with how it does, below its region; asura itself is one of them. */
import { useState } from "preact/hooks";
import type { Probe, Region } from "../../api/probes";
import { Menu } from "../../components/Menu";
import { StateText } from "../../components/StatusIcon";
import { Ago } from "../../components/When";
import { duration, number } from "../../domain/format";
import { byRegion, isBehind, isSkewed, oddities, regionName, skewText, standing, voting } from "../../domain/probes";
import { LOCAL } from "../../domain/sentences";
import { now } from "../../state/now";
import { w } from "../../words/probes";
import { Rename, Revoke, Rotate } from "./dialogs";

interface Props {
  probes: readonly Probe[];
  /** The region of asura itself; it has none when it checks nothing. */
  local: Region | undefined;
  /** The version of this asura. */
  version: string;
  editable: boolean;
  reload: () => void;
}

type Doing = { what: "rename" | "rotate" | "revoke"; probe: Probe };

export function ProbeTable({ probes, local, version, editable, reload }: Props) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const { columns } = w.list;
  const close = () => setDoing(null);
  const done = () => {
    close();
    reload();
  };
  const alone = doing !== null && probes.filter((one) => one.region === doing.probe.region).length === 1;
  return (
    <>
      <table class="table probe-table">
        <caption class="hidden">{w.list.title}</caption>
        <thead>
          <tr>
            <th scope="col">{columns.name}</th><th scope="col">{columns.state}</th><th scope="col">{columns.seen}</th><th scope="col" class="number">{columns.clock}</th>
            <th scope="col" class="number">{columns.behind}</th><th scope="col" class="number">{columns.rate}</th><th scope="col" class="number">{columns.monitors}</th>{editable && <td />}
          </tr>
        </thead>
        {local && <tbody><LocalRow local={local} version={version} editable={editable} /></tbody>}
        {byRegion(probes).map(([region, some]) => (
          <tbody key={region}>
            <GroupRow region={region} wide={editable} />
            {some.map((probe) => <Row key={probe.id} probe={probe} version={version} editable={editable} onDo={(what) => setDoing({ what, probe })} />)}
          </tbody>
        ))}
      </table>
      {doing?.what === "rename" && <Rename probe={doing.probe} onClose={close} onDone={done} />}
      {doing?.what === "rotate" && <Rotate probe={doing.probe} onClose={done} />}
      {doing?.what === "revoke" && <Revoke probe={doing.probe} alone={alone} onClose={close} onDone={done} />}
    </>
  );
}

function GroupRow({ region, wide }: { region: string; wide: boolean }) {
  return <tr class="region-head"><th scope="rowgroup" colSpan={wide ? 8 : 7}>{region}</th></tr>;
}

function Row({ probe, version, editable, onDo }: { probe: Probe; version: string; editable: boolean; onDo: (what: Doing["what"]) => void }) {
  const { columns } = w.list;
  const how = standing(probe, now.value);
  const odd = oddities(probe, version);
  const quiet = probe.online ? "" : " calm";
  return (
    <tr>
      <th scope="row">
        {probe.name}
        <small>{[probe.version, probe.shared && w.list.shared].filter(Boolean).join(" · ")}</small>
      </th>
      <td class="probe-state">
        <StateText status={how.look} text={how.word} />{how.more && <small>{how.more}</small>}
        {odd.map((one) => <small key={one} class="deg">▲ {one}</small>)}
      </td>
      <td data-label={columns.seen} class="last-seen">{probe.last_seen_at ? <Ago at={probe.last_seen_at} /> : <span class="faint">{w.list.never}</span>}</td>
      <td data-label={columns.clock} class={`number${isSkewed(probe) ? " deg" : ""}${quiet}`}>{isSkewed(probe) && "▲ "}{probe.online ? skewText(probe.clock_skew_s) : "–"}</td>
      <td data-label={columns.behind} class={`number${isBehind(probe) ? " deg" : ""}${quiet}`}>{isBehind(probe) && "▲ "}{probe.online ? duration(probe.lag_s) : "–"}</td>
      <td data-label={columns.rate} class={`number${quiet}`}>{probe.online ? number(probe.checks_per_s, 1) : "–"}</td>
      <td data-label={columns.monitors} class="number">{probe.monitors}</td>
      {editable && (
        <td class="row-action">
          <Menu label={w.menu.label(probe.name)} actions={[
            { text: w.menu.rename, run: () => onDo("rename") },
            ...(probe.shared ? [] : [{ text: w.menu.rotate, run: () => onDo("rotate") }]),
            { text: w.menu.revoke, run: () => onDo("revoke") },
          ]} />
        </td>
      )}
    </tr>
  );
}

/** Asura itself checks too: it is there whenever this page is. */
function LocalRow({ local, version, editable }: { local: Region; version: string; editable: boolean }) {
  const vote = voting(local);
  return (
    <tr>
      <th scope="row">{regionName(LOCAL)}<small>{version}</small></th>
      <td class="probe-state"><StateText status={local.votes ? "up" : vote.look} text={local.votes ? w.state.online : w.state.blind} />{!local.votes && vote.more && <small>{vote.more}</small>}</td>
      <td class="calm faint">–</td><td class="calm number faint">–</td><td class="calm number faint">–</td><td class="calm number faint">–</td>
      <td data-label={w.list.columns.monitors} class="number">{local.monitors}</td>
      {editable && <td class="calm" />}
    </tr>
  );
}
