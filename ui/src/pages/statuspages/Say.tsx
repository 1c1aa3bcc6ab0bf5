/** Something new about an open incident: its state is chosen by the button that led here, and can still be changed. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { addUpdate, type Affected, type Post, type PostStatus } from "../../api/status";
import { Button } from "../../components/Button";
import { affectedBy, STATUSES } from "../../domain/post";
import { useRequestKey } from "../../forms/editor";
import { useForm } from "../../state/form";
import { toast } from "../../state/toasts";
import { w } from "../../words/posts";
import { AffectedPicker, componentsOf, StillFails } from "./affected";
import type { DeskProps } from "./Posts";

interface Props extends DeskProps {
  post: Post;
  status: PostStatus;
  onStatus: (status: PostStatus) => void;
  onClose: () => void;
  onDone: () => void;
}

export function Say({ page, components, post, status, onStatus, onClose, onDone }: Props) {
  const [text, setText] = useState("");
  const [tell, setTell] = useState(true);
  const [own, setOwn] = useState<readonly Affected[] | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const requestKey = useRequestKey();
  useLayoutEffect(() => area.current?.focus(), []);
  const affected = own ?? affectedBy(status, post.components);
  const form = useForm(async () => {
    const body = { status, text: text.trim() || w.suggested[status], components: affected, tell };
    await addUpdate(page.id, post.id, body, requestKey(body));
    toast(w.published(post.title, w.status[status]));
    onDone();
  });
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && text === "") onClose();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.submit(event);
  };
  const fault = form.fault("text");
  const id = `say-${post.id}`;
  const rest = form.rest();
  return (
    <form class="say" novalidate aria-label={w.updateTitle(w.status[status])} onSubmit={form.submit} onKeyDown={onKey}>
      <fieldset class="segments">
        <legend class="hidden">{w.form.status}</legend>
        {STATUSES.map((one) => <label key={one} class={one === status ? "on" : ""} title={w.statusHelp[one]}><input type="radio" name={id} checked={one === status} onChange={() => onStatus(one)} />{w.status[one]}</label>)}
      </fieldset>
      <div class={`field${fault ? " wrong" : ""}`}>
        <label for={id}>{w.text}</label>
        <textarea ref={area} id={id} class="prose" rows={4} value={text} placeholder={w.suggested[status]} aria-describedby={`${id}-help`} aria-invalid={fault ? "true" : undefined} onInput={(event) => setText(event.currentTarget.value)} />
        {fault && <p class="field-problem">{fault}</p>}
        <small id={`${id}-help`}>{w.textHelp}</small>
      </div>
      <details class="form-fold inner" open={affected.length > 0 && affected.length <= 6}>
        <summary><span>{w.form.components}</span></summary>
        <AffectedPicker page={page} all={componentsOf(page, components)} chosen={affected} label={w.form.componentsHelp} onChange={setOwn} />
      </details>
      {status === "resolved" && <StillFails page={page} components={components} about={affected} />}
      {rest && <p class="field-problem" role="alert">{rest}</p>}
      <div class="actions say-actions">
        <Button primary submit disabled={form.busy}>{form.busy ? w.publishing : w.publish}</Button>
        <Button onPress={onClose}>{w.cancel}</Button>
        <label class="tick"><input type="checkbox" checked={tell} onChange={(event) => setTell(event.currentTarget.checked)} />{w.tell}</label>
      </div>
    </form>
  );
}
