/** The form of a window: what is done, when, what it covers, and what the public is told; beside it, when that will be. */
import { useMemo, useState } from "preact/hooks";
import { addWindow, patchWindow, readWindow, type Window } from "../../api/status";
import type { Tagged } from "../../api/editing";
import { asProblem } from "../../api/problem";
import { Button } from "../../components/Button";
import { fieldFor } from "../../domain/field";
import { same, type Draft } from "../../domain/form";
import { beginning, draftOf, FIELDS, windowPatch } from "../../domain/maintenance";
import { pathTo } from "../../domain/routes";
import { useEditor, useRequestKey } from "../../forms/editor";
import { FieldControl, Fields } from "../../forms/FieldControl";
import { letGo, useLeaveGuard } from "../../state/leaving";
import { loadRows } from "../../state/monitors";
import { go, place } from "../../state/place";
import { can } from "../../state/session";
import { toast } from "../../state/toasts";
import { removeLater } from "../../state/undoable";
import { w as editing } from "../../words/editing";
import { w } from "../../words/maintenance";
import { ConflictDialog } from "../editing/Conflict";
import { FormPage } from "../editing/FormPage";
import { Covers } from "./Covers";
import { Next } from "./Next";
import { readersZone } from "./times";
import { When } from "./When";
import { windowPath } from "./WindowRow";

const LABELS: Readonly<Record<string, string>> = {
  name: w.name, description: w.text, monitor_ids: w.monitors, tags: w.tags, groups: w.groups, starts_at: w.from, ends_at: w.to, cron: w.cronLabel, rrule: w.rruleLabel,
  duration_s: w.duration, timezone: w.zone, public: w.public, announce_s: w.announce,
};
const SPOTS = FIELDS.map((path) => ({ path, label: LABELS[path] ?? path }));
const NAME = fieldFor("name", "text", w.name, { required: true, placeholder: w.nameHint });
const PUBLIC = [
  fieldFor("public", "boolean", w.public, { help: w.publicHelp, initial: true }),
  fieldFor("announce_s", "duration", w.announce, { help: w.announceHelp, initial: 604_800 }),
  fieldFor("description", "multiline", w.text, { help: w.textHelp }),
];

export function WindowForm({ source, reload }: { source: Tagged<Window> | null; reload: () => void }) {
  const stored = source?.value;
  const start = useMemo<Draft>(() => (stored ? draftOf(stored) : { timezone: readersZone(), ...chosenBefore() }), []);
  const [quick, setQuick] = useState<number | null>(null);
  const [theirs, setTheirs] = useState<Tagged<Window> | null>(null);
  const requestKey = useRequestKey();
  const readOnly = stored !== undefined && !can("editor");
  const editor = useEditor<"save" | "another" | "try">({ start, stored: stored ?? {}, defaults: {}, readOnly, spots: () => SPOTS });
  const { draft } = editor.form;
  useLeaveGuard(!readOnly && (quick !== null || !same(start, draft)));

  const leave = (text: string) => {
    letGo();
    toast(text);
    void loadRows();
    go(pathTo("maintenance"));
  };
  const change = async (guard: string | null, to: Draft) => {
    const patch = windowPatch(start, to);
    if (Object.keys(patch).length === 0) return leave(editing.nothing);
    try {
      leave(w.changed((await patchWindow(stored?.id ?? 0, patch, guard)).name));
    } catch (thrown) {
      if (asProblem(thrown).status !== 412) throw thrown;
      setTheirs(await readWindow(stored?.id ?? 0));
    }
  };
  const add = async (to: Draft) => {
    const made = await addWindow(to, requestKey(to));
    leave(made.active ? w.begun(made.name) : w.saved(made.name));
  };
  const save = (guard = source?.etag ?? null) => editor.run("save", () => {
    const to = quick === null ? draft : beginning(draft, quick);
    return source ? change(guard, to) : add(to);
  });
  const remove = () => {
    if (!stored) return;
    letGo();
    go(pathTo("maintenance"));
    removeLater(windowPath(stored.id), w.removed(stored.name), () => undefined);
  };
  return (
    <FormPage
      editor={editor} spots={SPOTS} title={stored ? stored.name : w.new} crumb={{ to: pathTo("maintenance"), text: w.crumb }} lead={stored ? "" : w.newLead} reason={readOnly ? editing.readOnly.role : ""} onSave={() => save()}
      more={stored && !readOnly && <div class="actions"><Button onPress={remove}>{w.remove}</Button></div>} aside={<Next draft={draft} quick={quick} stored={readOnly ? stored : undefined} />}
    >
      <section class="card padded"><Fields fields={[]} path={[]}><div class="wide"><FieldControl field={NAME} path={["name"]} /></div></Fields><When quick={quick} onQuick={setQuick} fresh={!stored} /></section>
      <section class="card padded"><div class="card-head"><h2>{w.which}</h2></div><Covers /></section>
      <section class="card padded"><div class="card-head"><h2>{w.told}</h2></div><Fields fields={PUBLIC} path={[]} /></section>
      {theirs && (
        <ConflictDialog name={theirs.value.name} fields={Object.keys(windowPatch(start, draftOf(theirs.value))).map((name) => LABELS[name] ?? name)} onClose={() => setTheirs(null)}
          onTheirs={() => { letGo(); setTheirs(null); reload(); }} onMine={() => { setTheirs(null); save(theirs.etag); }} />
      )}
    </FormPage>
  );
}

/** What was chosen on the page that led here. */
function chosenBefore(): Draft {
  const { query } = place.peek();
  const ids = (query.get("monitors") ?? "").split(",").map(Number).filter((id) => id > 0);
  const tags = query.getAll("tag");
  return { ...(ids.length > 0 && { monitor_ids: ids }), ...(tags.length > 0 && { tags }) };
}
