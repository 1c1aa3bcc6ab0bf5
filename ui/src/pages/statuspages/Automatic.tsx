/** Incidents that show by themselves: when, and in which words, with what becomes of them. */
import { asDraft, type Draft } from "../../domain/form";
import { AUTO, nameOf } from "../../domain/page-draft";
import type { PageComponent } from "../../api/status";
import { useEntry } from "../../forms/context";
import { FieldControl } from "../../forms/FieldControl";
import { Frame } from "../../forms/Frame";
import { shown } from "../../forms/typed";
import { sorted } from "../../state/monitors";
import { w } from "../../words/statusPages";
import { DEGRADED, MINUTES, WHEN } from "./fields";

const WORDS = "${component}, ${page}";

export function Automatic({ draft }: { draft: Draft }) {
  const when = asDraft(draft.auto_incidents).when ?? AUTO.when;
  const first = (draft.components as readonly PageComponent[] | undefined)?.[0];
  const filled = (text: string) => text.replaceAll("${component}", first ? nameOf(first, sorted.value) : w.auto.someName).replaceAll("${page}", shown(draft.title) || w.fields.title);
  return (
    <div class="fields">
      <FieldControl field={WHEN} path={["auto_incidents", "when"]} />
      {when === "after" && <FieldControl field={MINUTES} path={["auto_incidents", "minutes"]} />}
      {when !== "never" && (
        <>
          <div class="wide"><FieldControl field={DEGRADED} path={["auto_incidents", "degraded"]} /></div>
          <p class="soft small wide">{w.auto.help(WORDS)}</p>
          <Words name="title" label={w.auto.title} filled={filled} />
          <Words name="text" label={w.auto.text} filled={filled} long />
          <Words name="resolved_text" label={w.auto.resolved} filled={filled} long />
        </>
      )}
    </div>
  );
}

function Words({ name, label, filled, long }: { name: "title" | "text" | "resolved_text"; label: string; filled: (text: string) => string; long?: boolean }) {
  const entry = useEntry(["auto_incidents", name]);
  const text = shown(entry.value ?? AUTO[name]);
  const set = (typed: string) => entry.set(typed);
  return (
    <Frame id={entry.id} label={label} help={w.auto.example(filled(text))} fault={entry.fault} wide>
      {(ties) => (long
        ? <textarea {...ties} class="prose" rows={3} value={text} readOnly={entry.readOnly} onInput={(event) => set(event.currentTarget.value)} />
        : <input {...ties} value={text} autocomplete="off" readOnly={entry.readOnly} onInput={(event) => set(event.currentTarget.value)} />)}
    </Frame>
  );
}
