/** The form of a status page; beside it, where the page is and what stands on it in which order. */
import { useMemo, useState } from "preact/hooks";
import { addPage, deletePage, patchPage, readPage, type StatusPage } from "../../api/status";
import type { Tagged } from "../../api/editing";
import { asProblem } from "../../api/problem";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { same, type Draft } from "../../domain/form";
import { draftOf, FIELDS, pageBody, pagePatch } from "../../domain/page-draft";
import { pathTo } from "../../domain/routes";
import { useEditor, useRequestKey } from "../../forms/editor";
import { letGo, useLeaveGuard } from "../../state/leaving";
import { go } from "../../state/place";
import { can } from "../../state/session";
import { toast } from "../../state/toasts";
import { w as editing } from "../../words/editing";
import { w } from "../../words/statusPages";
import { ConflictDialog } from "../editing/Conflict";
import { FormPage } from "../editing/FormPage";
import { readersZone } from "../maintenance/times";
import { PageAside } from "./PageAside";
import { SPOTS } from "./fields";
import { PageParts } from "./PageParts";

const LABELS = w.fields as Readonly<Record<string, string>>;

export function PageForm({ source, reload }: { source: Tagged<StatusPage> | null; reload: () => void }) {
  const stored = source?.value;
  const start = useMemo<Draft>(() => (stored ? draftOf(stored) : { timezone: readersZone() }), []);
  const [theirs, setTheirs] = useState<Tagged<StatusPage> | null>(null);
  const [removing, remove] = useState(false);
  const requestKey = useRequestKey();
  const allowed = can("editor");
  const readOnly = stored !== undefined && (!allowed || Boolean(stored.managed_by));
  const editor = useEditor<"save" | "another" | "try">({ start, stored: stored ? { ...stored, password: start.password } : {}, defaults: {}, readOnly, spots: () => SPOTS });
  const { draft } = editor.form;
  useLeaveGuard(!readOnly && !same(start, draft));

  const leave = (text: string, to: string) => {
    letGo();
    toast(text);
    go(to);
  };
  const desk = (page: StatusPage) => pathTo("statusPage", { ref: page.slug });
  const change = async (guard: string | null) => {
    if (!stored) return;
    const patch = pagePatch(start, draft);
    if (Object.keys(patch).length === 0) return leave(editing.nothing, desk(stored));
    try {
      const saved = await patchPage(stored.id, patch, guard);
      leave(w.saved(saved.title), desk(saved));
    } catch (thrown) {
      if (asProblem(thrown).status !== 412) throw thrown;
      setTheirs(await readPage(stored.id));
    }
  };
  const add = async () => {
    const body = pageBody(draft);
    const made = await addPage(body, requestKey(body));
    leave(w.made(made.title), desk(made));
  };
  const save = () => editor.run("save", () => (source ? change(source.etag) : add()));
  return (
    <FormPage
      editor={editor} spots={SPOTS} title={stored ? stored.title : w.new} crumb={stored ? { to: desk(stored), text: w.desk } : { to: pathTo("statusPages"), text: w.title }} lead={stored ? "" : w.newLead}
      reason={!readOnly ? "" : allowed ? w.byFile : editing.readOnly.role} onSave={save} more={stored && !readOnly && <div class="actions"><Button onPress={() => remove(true)}>{w.remove}</Button></div>}
      asideLast aside={<PageAside page={stored} draft={draft} />}
    >
      <PageParts fresh={!stored} stored={stored} draft={draft} />
      {theirs && (
        <ConflictDialog name={theirs.value.title} fields={Object.keys(pagePatch(start, draftOf(theirs.value))).filter((name) => FIELDS.includes(name)).map((name) => LABELS[name] ?? name)} onClose={() => setTheirs(null)}
          onTheirs={() => { letGo(); setTheirs(null); reload(); }} onMine={() => { setTheirs(null); editor.run("save", () => change(theirs.etag)); }} />
      )}
      {removing && stored && (
        <Dialog title={w.removeTitle(stored.title)} onClose={() => remove(false)}>
          <p>{w.removeText}</p>
          <div class="actions end">
            <Button onPress={() => remove(false)}>{editing.cancel}</Button>
            <Button danger onPress={async () => { await deletePage(stored.id); leave(w.removed(stored.title), pathTo("statusPages")); }}>{w.remove}</Button>
          </div>
        </Dialog>
      )}
    </FormPage>
  );
}
