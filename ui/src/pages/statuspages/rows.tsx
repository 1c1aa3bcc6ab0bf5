/** Parts of the form that are rows of several fields: links in the head, and texts kept ready for posts. */
import type { PostTemplate } from "../../api/status";
import { STATUSES } from "../../domain/post";
import { faultText, useEntry, useFormState } from "../../forms/context";
import { Group } from "../../forms/Frame";
import { w as p } from "../../words/posts";
import { w } from "../../words/statusPages";

interface Link { text: string; url: string }

/** What is wrong within the n-th entry of a list. */
export function useFaults(list: string, index: number): string {
  const { placed } = useFormState();
  const prefix = `${list}[${index}]`;
  return (placed.at.get(list) ?? []).filter((error) => error.path === prefix || error.path.startsWith(`${prefix}.`)).map((error) => faultText({ ...error, path: "" }, "")).join(" ");
}

export function Links() {
  const entry = useEntry(["links"]);
  const links = (entry.value as readonly Link[] | undefined) ?? [];
  const change = (next: readonly Link[]) => entry.set(next.length > 0 ? next : undefined);
  const at = (index: number, link: Link) => change(links.map((old, place) => (place === index ? link : old)));
  return (
    <Group id={entry.id} label={w.fields.links} wide>
      {links.map((link, index) => (
        <div key={index} class="pair">
          <input aria-label={w.links.textOf(index + 1)} value={link.text} placeholder={w.links.text} autocomplete="off" readOnly={entry.readOnly} onInput={(event) => at(index, { ...link, text: event.currentTarget.value })} />
          <input aria-label={w.links.urlOf(index + 1)} value={link.url} placeholder="https://example.com" autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => at(index, { ...link, url: event.currentTarget.value })} />
          {!entry.readOnly && <button type="button" class="close" aria-label={w.links.remove(index + 1)} onClick={() => change(links.filter((_, place) => place !== index))}>×</button>}
          <Fault list="links" index={index} />
        </div>
      ))}
      {!entry.readOnly && <button type="button" class="text-button" onClick={() => entry.set([...links, { text: "", url: "" }])}>{w.links.add}</button>}
    </Group>
  );
}

export function Templates() {
  const entry = useEntry(["templates"]);
  const all = (entry.value as readonly PostTemplate[] | undefined) ?? [];
  const change = (next: readonly PostTemplate[]) => entry.set(next.length > 0 ? next : undefined);
  return (
    <div id={entry.id} tabIndex={-1} class="templates">
      {all.length === 0 && <p class="soft">{w.templates.none}</p>}
      {all.map((one, index) => <Template key={index} one={one} index={index} readOnly={entry.readOnly} change={(next) => change(all.map((old, place) => (place === index ? next : old)))} remove={() => change(all.filter((_, place) => place !== index))} />)}
      {!entry.readOnly && <button type="button" class="text-button" onClick={() => change([...all, { name: w.templates.nth(all.length + 1), title: "", status: "investigating", text: "" }])}>{w.templates.add}</button>}
    </div>
  );
}

interface TemplateProps {
  one: PostTemplate;
  index: number;
  readOnly: boolean;
  change: (next: PostTemplate) => void;
  remove: () => void;
}

function Template({ one, index, readOnly, change, remove }: TemplateProps) {
  const field = (name: "name" | "title", label: string) => (
    <label class="field"><span>{label}</span><input value={one[name]} autocomplete="off" readOnly={readOnly} onInput={(event) => change({ ...one, [name]: event.currentTarget.value })} /></label>
  );
  return (
    <div class="template" role="group" aria-label={one.name || w.templates.nth(index + 1)}>
      <div class="fields">
        {field("name", w.templates.name)}
        <label class="field"><span>{w.templates.status}</span>
          <select value={one.status} disabled={readOnly} onChange={(event) => change({ ...one, status: event.currentTarget.value as PostTemplate["status"] })}>{STATUSES.map((status) => <option key={status} value={status}>{p.status[status]}</option>)}</select>
        </label>
        <div class="wide">{field("title", w.templates.title)}</div>
        <label class="field wide"><span>{w.templates.text}</span><textarea class="prose" rows={3} value={one.text} readOnly={readOnly} onInput={(event) => change({ ...one, text: event.currentTarget.value })} /></label>
      </div>
      <Fault list="templates" index={index} />
      {!readOnly && <button type="button" class="text-button" onClick={remove}>{w.templates.remove(one.name || String(index + 1))}</button>}
    </div>
  );
}

function Fault({ list, index }: { list: string; index: number }) {
  const text = useFaults(list, index);
  return text ? <p class="field-problem">{text}</p> : null;
}
