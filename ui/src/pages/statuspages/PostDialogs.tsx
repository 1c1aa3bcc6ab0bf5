/** What is asked before a post or one of its updates is changed, and the place for a postmortem. */
import { useState } from "preact/hooks";
import { deleteUpdate, listSubscribers, patchPost, putUpdate, type Impact, type Post, type PostStatus, type PostUpdate, type Subscriber } from "../../api/status";
import type { Page } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Input } from "../../components/Input";
import { same, type Draft } from "../../domain/form";
import { IMPACTS, STATUSES, toldOf } from "../../domain/post";
import { instantOf, wallOf } from "../../domain/zoned";
import { useForm } from "../../state/form";
import { useResource } from "../../state/resource";
import { toast } from "../../state/toasts";
import { w } from "../../words/posts";
import { readersZone } from "../maintenance/times";

interface Props {
  post: Post;
  onClose: () => void;
  onDone: () => void;
}

function Buttons({ onClose, busy, text = w.save }: { onClose: () => void; busy: boolean; text?: string }) {
  return <div class="actions end"><Button onPress={onClose}>{w.cancel}</Button><Button primary submit disabled={busy}>{text}</Button></div>;
}

/** Title, impact and times of a post. */
export function EditPost({ post, onClose, onDone }: Props) {
  const zone = readersZone();
  const before: Draft = { title: post.title, impact: post.impact, started_at: wallOf(post.started_at, zone), publish_at: wallOf(post.publish_at, zone), ends_at: wallOf(post.ends_at, zone) };
  const [draft, setDraft] = useState(before);
  const set = (name: string, value: string) => setDraft((old) => ({ ...old, [name]: value }));
  const notice = post.kind === "notice";
  const form = useForm(async () => {
    const changed = Object.keys(draft).filter((name) => !same(draft[name], before[name]));
    const timed = (name: string) => (name.endsWith("_at") ? instantOf(String(draft[name]), zone) : draft[name]);
    if (changed.length > 0) await patchPost(post.page_id, post.id, Object.fromEntries(changed.map((name) => [name, timed(name)])));
    toast(w.saved);
    onDone();
  });
  const moment = (name: "started_at" | "publish_at" | "ends_at") => {
    const fault = form.fault(name);
    return (
      <label class={`field${fault ? " wrong" : ""}`}><span>{w.change[name]}</span><input type="datetime-local" value={String(draft[name])} aria-invalid={fault ? "true" : undefined} onInput={(event) => set(name, event.currentTarget.value)} />{fault && <p class="field-problem">{fault}</p>}</label>
    );
  };
  return (
    <Dialog title={w.change.title(post.title)} onClose={onClose}>
      <form novalidate onSubmit={form.submit}>
        <Input label={w.change.titleField} value={String(draft.title)} fault={form.fault("title")} autofocus onInput={(text) => set("title", text)} />
        {!notice && <label class="field"><span>{w.change.impact}</span><select value={String(draft.impact)} onChange={(event) => set("impact", event.currentTarget.value as Impact)}>{IMPACTS.map((one) => <option key={one} value={one}>{w.impacts[one]}</option>)}</select></label>}
        {!notice && moment("started_at")}
        {moment("publish_at")}
        {notice && moment("ends_at")}
        {form.rest() && <p class="field-problem" role="alert">{form.rest()}</p>}
        <Buttons onClose={onClose} busy={form.busy} />
      </form>
    </Dialog>
  );
}

interface LongProps { label: string; help: string; value: string; fault: string | null; rows: number; onInput: (text: string) => void }

function Long({ label, help, value, fault, rows, onInput }: LongProps) {
  return <label class={`field${fault ? " wrong" : ""}`}><span>{label}</span><textarea class="prose" rows={rows} value={value} autofocus aria-invalid={fault ? "true" : undefined} onInput={(event) => onInput(event.currentTarget.value)} />{fault && <p class="field-problem">{fault}</p>}<small>{help}</small></label>;
}

/** What the button of a postmortem says: the first one is told to all whom it concerns, an edited one to nobody. */
function postmortemButton(post: Post, subscribers: Page<Subscriber> | null): string {
  if (post.postmortem) return w.save;
  const n = toldOf(subscribers?.data ?? [], post.components);
  if (n === 0) return w.publish;
  return subscribers?.next_cursor ? w.publishTellMany(n) : w.publishTell(n);
}

/** What happened and what was learnt, once it is over. */
export function Postmortem({ post, onClose, onDone }: Props) {
  const [text, setText] = useState(post.postmortem);
  const subscribers = useResource(`subscribers ${post.page_id}`, () => listSubscribers(post.page_id));
  const form = useForm(async () => {
    await patchPost(post.page_id, post.id, { postmortem: text.trim() });
    toast(w.saved);
    onDone();
  });
  return (
    <Dialog title={w.postmortem} onClose={onClose}>
      <form novalidate onSubmit={form.submit}>
        <Long label={w.postmortemTitle} help={w.postmortemHelp} value={text} rows={12} fault={form.fault("postmortem")} onInput={setText} />
        {form.rest() && <p class="field-problem" role="alert">{form.rest()}</p>}
        <Buttons onClose={onClose} busy={form.busy} text={postmortemButton(post, subscribers.value)} />
      </form>
    </Dialog>
  );
}

/** The text and the state of something that was said. */
export function EditUpdate({ post, update, onClose, onDone }: Props & { update: PostUpdate }) {
  const [text, setText] = useState(update.text);
  const [status, setStatus] = useState<PostStatus>(update.status);
  const form = useForm(async () => {
    await putUpdate(post.page_id, post.id, update.id, { status, text: text.trim() });
    toast(w.saved);
    onDone();
  });
  return (
    <Dialog title={w.editUpdate} onClose={onClose}>
      <form novalidate onSubmit={form.submit}>
        {post.kind === "incident" && <label class="field"><span>{w.form.status}</span><select value={status} onChange={(event) => setStatus(event.currentTarget.value as PostStatus)}>{STATUSES.map((one) => <option key={one} value={one}>{w.status[one]}</option>)}</select></label>}
        <Long label={w.text} help={w.textHelp} value={text} rows={6} fault={form.fault("text")} onInput={setText} />
        {form.rest() && <p class="field-problem" role="alert">{form.rest()}</p>}
        <Buttons onClose={onClose} busy={form.busy} />
      </form>
    </Dialog>
  );
}

export function RemoveUpdate({ post, update, onClose, onDone }: Props & { update: PostUpdate }) {
  const remove = async () => {
    await deleteUpdate(post.page_id, post.id, update.id);
    toast(w.updateRemoved);
    onDone();
  };
  return (
    <Dialog title={w.removeTitle} onClose={onClose}>
      <p>{w.removeText}</p>
      <div class="actions end"><Button onPress={onClose}>{w.cancel}</Button><Button danger onPress={remove}>{w.deleteIt}</Button></div>
    </Dialog>
  );
}
