/** The channels: how the last delivery of each went, what became of a day's messages, and whether it is switched on. */
import { useState } from "preact/hooks";
import { patchChannel, type Tally, type WholeChannel } from "../../api/editing";
import { StateText } from "../../components/StatusIcon";
import { Ago } from "../../components/When";
import { dayText } from "../../domain/deliveries";
import { firstSentence } from "../../domain/sentences";
import { pathTo } from "../../domain/routes";
import { channelType } from "../../state/channelTypes";
import { toast, toastProblem } from "../../state/toasts";
import { w } from "../../words/notifications";

export function ChannelList({ channels, tallies, editable, reload }: { channels: readonly WholeChannel[]; tallies: readonly Tally[] | null; editable: boolean; reload: () => void }) {
  const byId = new Map((tallies ?? []).map((one) => [one.channel_id, one]));
  return (
    <ul class="card channel-rows">
      {channels.map((channel) => <Row key={channel.id} channel={channel} tally={byId.get(channel.id)} editable={editable && !channel.managed_by} reload={reload} />)}
    </ul>
  );
}

function Row({ channel, tally, editable, reload }: { channel: WholeChannel; tally: Tally | undefined; editable: boolean; reload: () => void }) {
  const [wanted, want] = useState<boolean | null>(null);
  const on = wanted ?? channel.enabled;
  const turn = async () => {
    if (wanted !== null) return;
    want(!on);
    try {
      await patchChannel(channel.id, { enabled: !on }, null);
      toast(on ? w.turnedOff(channel.name) : w.turnedOn(channel.name));
      reload();
    } catch (thrown) {
      toastProblem(thrown);
    }
    want(null);
  };
  const notes = [channelType(channel.type), channel.default && w.byDefault, channel.managed_by && w.file, !on && w.off].filter(Boolean).join(" · ");
  const troubled = (tally?.dead_24h ?? 0) + (tally?.failing ?? 0) > 0;
  return (
    <li class={on ? "" : "asleep"}>
      <a class="channel-name" href={pathTo("channel", { ref: channel.id })}><b>{channel.name}</b><small>{notes}</small></a>
      <div class="channel-last"><Last tally={tally} /></div>
      <span class={`channel-day small ${troubled ? "down" : "soft"}`}>{dayText(tally)}</span>
      <input type="checkbox" role="switch" class="switch" aria-label={w.on(channel.name)} checked={on} disabled={!editable} onChange={() => void turn()} />
    </li>
  );
}

function Last({ tally }: { tally: Tally | undefined }) {
  const last = tally?.last;
  if (!last) return <span class="faint small">{tally ? w.never : ""}</span>;
  return (
    <>
      <StateText status={last.ok ? "up" : "down"} text={last.ok ? w.sent : w.refused} /> <span class="soft small"><Ago at={last.at} /></span>
      {!last.ok && <small class="faint">{firstSentence(last.answer)}</small>}
    </>
  );
}
