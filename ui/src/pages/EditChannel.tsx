/** A new channel, first its type and then its form, or one that is looked at and changed. */
import { getChannelTypes, readChannel, type ChannelTypes } from "../api/editing";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { pathTo } from "../domain/routes";
import { typeTitle } from "../state/channelTypes";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { can, limited } from "../state/session";
import { w } from "../words/editing";
import { ChannelForm } from "./editing/ChannelForm";
import "../style/forms.css";

export function EditChannel({ reference }: { reference: string | null }) {
  const types = useResource("channel-types", getChannelTypes);
  const channel = useResource(`edited channel ${reference ?? ""}`, async () => (reference === null ? null : readChannel(reference)));
  const home = <LinkButton to={pathTo("notifications")}>{w.crumb.notifications}</LinkButton>;
  if (reference === null && (!can("editor") || limited.value)) return <div class="card"><Empty page title={w.mayNot} action={home}>{w.mayNotText}</Empty></div>;
  if (channel.problem?.status === 404) return <div class="card"><Empty page title={w.missing} action={home} /></div>;
  const ready = types.value !== null && (reference === null || channel.value !== null);
  const wanted = reference === null ? types.value?.data.find((one) => one.name === place.value.query.get("type")) : types.value?.data.find((one) => one.name === channel.value?.value.type);
  return (
    <>
      <Trouble problem={types.problem ?? channel.problem} retry={() => { types.reload(); channel.reload(); }} />
      {!ready && types.problem === null && channel.problem === null && <Loading />}
      {ready && types.value && (wanted
        ? <ChannelForm key={`${wanted.name} ${channel.value?.etag ?? ""}`} type={wanted} types={types.value} source={channel.value} reload={channel.reload} />
        : <TypeList types={types.value} />)}
    </>
  );
}

/** The ways to be told, each with what it is for. */
function TypeList({ types }: { types: ChannelTypes }) {
  const about = w.channel.about as Record<string, string>;
  return (
    <>
      <header class="top"><div>
        <p class="crumb"><a href={pathTo("notifications")}>{w.crumb.notifications}</a></p>
        <h1>{w.channel.newTitle}</h1>
        <p>{w.channel.lead}</p>
      </div></header>
      <h2 class="choose">{w.channel.types}</h2>
      <ul class="type-list">
        {ordered(types).map((one) => (
          <li key={one.name}><a class="card padded" href={addressOf(pathTo("newChannel"), new URLSearchParams({ type: one.name }))}><b>{typeTitle(one)}</b><span class="soft small">{about[one.name] ?? ""}</span></a></li>
        ))}
      </ul>
    </>
  );
}

/** By name, but the one that stands for many others last. */
function ordered(types: ChannelTypes) {
  const rank = (name: string) => (name === "email" ? 0 : name === "apprise" ? 2 : 1);
  return [...types.data].sort((a, b) => rank(a.name) - rank(b.name) || typeTitle(a).localeCompare(typeTitle(b)));
}
