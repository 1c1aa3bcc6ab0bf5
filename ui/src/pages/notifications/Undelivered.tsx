/** What did not arrive: given up, or still being tried; one or all of it can be tried again at once. */
import { useEffect, useRef, useState } from "preact/hooks";
import { getNotifications, retryNotification, type WholeChannel } from "../../api/editing";
import { Button } from "../../components/Button";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { deliveryRow } from "../../domain/deliveries";
import { incidentNews } from "../../state/incidents";
import { useResource } from "../../state/resource";
import { can, limited } from "../../state/session";
import { toast } from "../../state/toasts";
import { w } from "../../words/notifications";
import { Delivery } from "./Delivery";

const MOST = 200;
const LOOK_AGAIN_MS = 2_000;

export function Undelivered({ channels }: { channels: readonly WholeChannel[] }) {
  const resource = useResource("undelivered", () => getNotifications({ status: ["dead", "failed"], limit: MOST }), incidentNews.value);
  const all = (resource.value?.data ?? []).map(deliveryRow);
  const retriable = all.map((row) => row.id);
  const may = can("editor") && !limited.value;
  const one = async (id: number) => {
    await retryNotification(id);
    toast(w.retried);
    setTimeout(resource.reload, LOOK_AGAIN_MS);
  };
  return (
    <>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value && all.length === 0 && <div class="card"><Empty title={w.allArrived}>{w.allArrivedText}</Empty></div>}
      {all.length > 0 && (
        <>
          <div class="undelivered-head">
            <p>{resource.value?.next_cursor ? w.undeliveredMore(all.length) : w.undelivered(all.length)}</p>
            {may && <RetryAll ids={retriable} done={() => setTimeout(resource.reload, LOOK_AGAIN_MS)} />}
          </div>
          <ul class="card deliveries">
            {all.map((row) => <Delivery key={row.id} row={row} channels={channels} action={may && <Button busyText={w.retrying} onPress={() => one(row.id)}>{w.retry}</Button>} />)}
          </ul>
        </>
      )}
    </>
  );
}

/** Tries one after the other, shows how far it is, and can be stopped. */
function RetryAll({ ids, done }: { ids: readonly number[]; done: () => void }) {
  const [at, setAt] = useState<{ count: number; all: number } | null>(null);
  const stopped = useRef(false);
  useEffect(() => () => void (stopped.current = true), []);
  const start = async () => {
    stopped.current = false;
    const wanted = [...ids];
    let [count, failed] = [0, 0];
    for (const id of wanted) {
      if (stopped.current) break;
      setAt({ count, all: wanted.length });
      // One that meanwhile arrived cannot be tried again, which is no reason to stop.
      await retryNotification(id).then(() => (count += 1), () => (failed += 1));
    }
    setAt(null);
    toast(failed > 0 ? w.some(count, failed) : w.done(count));
    done();
  };
  if (at === null) return <Button onPress={() => void start()}>{w.retryAll}</Button>;
  return (
    <div class="actions" role="status">
      <progress max={at.all} value={at.count} aria-label={w.progressLabel} /> <span class="soft small">{w.progress(at.count, at.all)}</span>
      <Button onPress={() => (stopped.current = true)}>{w.stop}</Button>
    </div>
  );
}
