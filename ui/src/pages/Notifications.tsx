/** Notifications: the channels, everything that was told, and what did not arrive. */
import { getTallies, listChannels } from "../api/editing";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { Tabs } from "../components/Pill";
import { pathTo } from "../domain/routes";
import { incidentNews } from "../state/incidents";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { can, limited } from "../state/session";
import { w } from "../words/notifications";
import { ChannelList } from "./notifications/ChannelList";
import { Deliveries } from "./notifications/Deliveries";
import { Undelivered } from "./notifications/Undelivered";
import "../style/notifications.css";

const VIEWS = ["channels", "deliveries", "undelivered"] as const;
type View = (typeof VIEWS)[number];

export function Notifications() {
  const channels = useResource("channels", listChannels, incidentNews.value);
  const tallies = useResource("tallies", getTallies, incidentNews.value);
  const troubled = (tallies.value?.data ?? []).reduce((sum, one) => sum + one.dead_24h + one.failing, 0);
  const view = viewOf(place.value.query.get("view"));
  const all = channels.value?.data ?? [];
  const may = can("editor") && !limited.value;
  const add = may ? <LinkButton to={pathTo("newChannel")} primary>{w.add}</LinkButton> : undefined;
  return (
    <>
      <header class="top">
        <div><h1>{w.title}</h1><p>{w.lead}</p></div>
        {all.length > 0 && add && <div class="actions">{add}</div>}
      </header>
      <Tabs label={w.views} tabs={VIEWS.map((name) => ({ to: addressOf(pathTo("notifications"), new URLSearchParams(name === "channels" ? {} : { view: name })), text: name === "undelivered" && troubled > 0 ? w.tabs.some(troubled) : w.tabs[name], on: view === name }))} />
      <Trouble problem={channels.problem} retry={channels.reload} />
      {channels.value === null && channels.problem === null && <Loading />}
      {channels.value && view === "channels" && (all.length === 0
        ? <div class="card"><Empty title={w.noChannel} action={add}>{w.noChannelText}</Empty></div>
        : <ChannelList channels={all} tallies={tallies.value?.data ?? null} editable={may} reload={channels.reload} />)}
      {channels.value && view === "deliveries" && <Deliveries channels={all} />}
      {channels.value && view === "undelivered" && <Undelivered channels={all} />}
    </>
  );
}

function viewOf(text: string | null): View {
  return VIEWS.find((name) => name === text) ?? "channels";
}
