/** Everything that was told, or not, newest first; each filter is part of the address. */
import { useEffect, useState } from "preact/hooks";
import { getNotifications, type Notification, type WholeChannel } from "../../api/editing";
import { Button } from "../../components/Button";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { Pill } from "../../components/Pill";
import { deliveryRow, STATUSES } from "../../domain/deliveries";
import { pathTo } from "../../domain/routes";
import { incidentNews } from "../../state/incidents";
import { addressOf, go, place } from "../../state/place";
import { useResource } from "../../state/resource";
import { toastProblem } from "../../state/toasts";
import { w } from "../../words/notifications";
import { Delivery } from "./Delivery";

const PAGE = 50;

export function Deliveries({ channels }: { channels: readonly WholeChannel[] }) {
  const query = place.value.query;
  const filter = { status: query.get("status") ?? undefined, channel_id: query.get("channel") ?? undefined, incident_id: query.get("incident") ?? undefined };
  const key = JSON.stringify(filter);
  const first = useResource(`deliveries ${key}`, () => getNotifications({ ...filter, limit: PAGE }), incidentNews.value);
  const [older, setOlder] = useState<{ data: readonly Notification[]; cursor: string | null } | null>(null);
  useEffect(() => setOlder(null), [key]);
  const cursor = older ? older.cursor : first.value?.next_cursor;
  const all = [...new Map([...(first.value?.data ?? []), ...(older?.data ?? [])].map((one) => [one.id, one])).values()];
  const more = async () => {
    const next = await getNotifications({ ...filter, limit: PAGE, cursor: cursor ?? undefined });
    setOlder({ data: [...(older?.data ?? []), ...next.data], cursor: next.next_cursor });
  };
  const filtered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <Filters channels={channels} />
      <Trouble problem={first.problem} retry={first.reload} />
      {first.value === null && first.problem === null && <Loading />}
      {first.value && all.length === 0 && <div class="card"><Empty title={filtered ? w.none : w.nothingYet}>{filtered ? w.noneText : w.nothingYetText}</Empty></div>}
      {all.length > 0 && <ul class="card deliveries">{all.map((one) => <Delivery key={one.id} row={deliveryRow(one)} channels={channels} />)}</ul>}
      {cursor && <p class="centre"><Button onPress={() => more().catch(toastProblem)}>{w.more}</Button></p>}
    </>
  );
}

function Filters({ channels }: { channels: readonly WholeChannel[] }) {
  const query = place.value.query;
  const incident = query.get("incident");
  const status = query.get("status");
  return (
    <div class="delivery-filters">
      <nav class="pills" aria-label={w.filters.label}>
        <Pill to={with_("status", null)} on={status === null}>{w.filters.all}</Pill>
        {STATUSES.map((one) => <Pill key={one} to={with_("status", one)} on={status === one}>{w.status[one]}</Pill>)}
        {incident && <Pill to={with_("incident", null)} on>{w.filters.incident(incident)} ×</Pill>}
      </nav>
      <select class="channel-select" aria-label={w.filters.channel} value={query.get("channel") ?? ""} onChange={(event) => go(with_("channel", event.currentTarget.value || null))}>
        <option value="">{w.filters.anyChannel}</option>
        {channels.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
      </select>
    </div>
  );
}

/** The address with one filter changed. */
function with_(name: string, value: string | null): string {
  const query = new URLSearchParams(place.value.query);
  if (value === null) query.delete(name);
  else query.set(name, value);
  return addressOf(pathTo("notifications"), query);
}
