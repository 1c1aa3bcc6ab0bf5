/** Who is told by a page: found, added, taken out, exported. */
import { useState } from "preact/hooks";
import { addSubscriber, exportSubscribers, listSubscribers, type StatusPage, type Subscriber, type SubscriberKind } from "../../api/status";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Input } from "../../components/Input";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { VirtualList } from "../../components/VirtualList";
import { day, exact, listed } from "../../domain/format";
import { useForm } from "../../state/form";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { going, removeLater } from "../../state/undoable";
import { w } from "../../words/subscribers";

const WAYS: readonly SubscriberKind[] = ["email", "webhook", "slack", "discord"];
const rowHeight = () => 56;

export function Subscribers({ page, editable }: { page: StatusPage; editable: boolean }) {
  const resource = useResource(`all subscribers ${page.id}`, () => listSubscribers(page.id));
  const [query, setQuery] = useState("");
  const [adding, setAdding] = useState(false);
  const path = (one: Subscriber) => `/status-pages/${page.id}/subscribers/${one.id}`;
  const all = (resource.value?.data ?? []).filter((one) => !going.value.has(path(one)));
  const found = all.filter((one) => one.address.toLowerCase().includes(query.trim().toLowerCase()));
  const save = async () => download(await exportSubscribers(page.id), `${page.slug}-${w.file}.csv`);
  const add = editable && <Button primary onPress={() => setAdding(true)}>{w.add}</Button>;
  return (
    <>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value && all.length === 0 && <div class="card"><Empty title={w.none} action={add}>{w.noneText}</Empty></div>}
      {all.length > 0 && (
        <>
          <div class="subscriber-tools">
            <p><b>{w.count(all.filter((one) => one.confirmed).length)}</b> <span class="soft">{tally(all)}</span></p>
            <div class="search"><input type="search" aria-label={w.search} placeholder={w.search} value={query} onInput={(event) => setQuery(event.currentTarget.value)} /></div>
            {editable && <div class="actions"><Button onPress={save} busyText={w.exporting}>{w.exportAs}</Button>{add}</div>}
          </div>
          {!editable && <p class="soft small before-list">{w.masked}</p>}
          {found.length === 0 && <div class="card"><Empty title={w.noHit} /></div>}
          <div class="card subscribers">
            <VirtualList items={found} heightOf={rowHeight} label={w.count(found.length)} keyOf={(one) => one.id}>
              {(one) => <Row one={one} onRemove={editable ? () => removeLater(path(one), w.removed(one.address), resource.reload) : null} />}
            </VirtualList>
          </div>
          {resource.value?.next_cursor && <p class="soft small after">{w.more(all.length)}</p>}
        </>
      )}
      {adding && <Add page={page} onClose={() => setAdding(false)} onDone={() => { setAdding(false); resource.reload(); }} />}
    </>
  );
}

function Row({ one, onRemove }: { one: Subscriber; onRemove: (() => void) | null }) {
  const notes = [w.ways[one.kind], one.components.length > 0 ? w.some(one.components.length) : w.all].join(" · ");
  return (
    <div class="subscriber">
      <div><b>{one.address}</b><small class="faint">{notes}</small></div>
      {one.failing_since ? <span class="down small" title={exact(one.failing_since)}>{w.failing(day(one.failing_since))}</span> : one.confirmed ? <span class="soft small" title={exact(one.created_at)}>{w.since(day(one.created_at))}</span> : <span class="deg small">{w.unconfirmed}</span>}
      {onRemove && <button type="button" class="close" aria-label={w.removeOf(one.address)} title={w.remove} onClick={onRemove}>×</button>}
    </div>
  );
}

function Add({ page, onClose, onDone }: { page: StatusPage; onClose: () => void; onDone: () => void }) {
  const [kind, setKind] = useState<SubscriberKind>("email");
  const [address, setAddress] = useState("");
  const form = useForm(async () => {
    const made = await addSubscriber(page.id, { kind, address: address.trim() });
    toast(made.confirmed ? w.added(made.address) : w.asked(made.address));
    onDone();
  });
  const [kindFault, fault] = [form.fault("kind"), form.fault("address")];
  const rest = form.rest();
  return (
    <Dialog title={w.add} onClose={onClose}>
      <form novalidate onSubmit={form.submit}>
        <label class="field"><span>{w.way}</span><select value={kind} onChange={(event) => setKind(event.currentTarget.value as SubscriberKind)}>{WAYS.map((one) => <option key={one} value={one}>{w.ways[one]}</option>)}</select>{kindFault && <p class="field-problem">{kindFault}</p>}</label>
        <Input label={w.address} value={address} onInput={setAddress} fault={fault} help={w.addressHelp[kind]} autofocus type={kind === "email" ? "email" : "text"} />
        {rest && <p class="field-problem" role="alert">{rest}</p>}
        <div class="actions end"><Button onPress={onClose}>{w.cancel}</Button><Button primary submit disabled={form.busy}>{w.save}</Button></div>
      </form>
    </Dialog>
  );
}

/** "12 E-mail and 3 Slack; 2 have not confirmed yet". */
function tally(all: readonly Subscriber[]): string {
  const confirmed = all.filter((one) => one.confirmed);
  const ways = WAYS.flatMap((kind) => {
    const n = confirmed.filter((one) => one.kind === kind).length;
    return n > 0 ? [w.counts(n, w.ways[kind])] : [];
  });
  const waiting = all.length - confirmed.length;
  return [listed(ways), waiting > 0 && w.waiting(waiting)].filter(Boolean).join(" · ");
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
