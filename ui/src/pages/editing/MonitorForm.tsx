/** The form of a monitor: its address first, then what matters, everything else folded; beside it, whether it works. */
import { useMemo, useRef, useState } from "preact/hooks";
import { addMonitor, patchMonitor, readMonitor, tryMonitor, type CheckTypes, type Tagged, type TriedResult, type WholeMonitor } from "../../api/editing";
import { asProblem } from "../../api/problem";
import { same, type Draft } from "../../domain/form";
import { bodyOf, draftOf, patchFor, planFor, spotsFor } from "../../domain/monitor-draft";
import { pathTo } from "../../domain/routes";
import { useEditor, useRequestKey } from "../../forms/editor";
import { letGo, useLeaveGuard } from "../../state/leaving";
import { loadRows } from "../../state/monitors";
import { go, place } from "../../state/place";
import { can } from "../../state/session";
import { toast } from "../../state/toasts";
import { w } from "../../words/editing";
import { Conflict } from "./Conflict";
import { FormPage } from "./FormPage";
import { MonitorFields } from "./MonitorFields";
import { TryOut } from "./TryOut";

interface Props {
  types: CheckTypes;
  source: Tagged<WholeMonitor> | null;
  mode: "new" | "copy" | "edit";
  reload: () => void;
}

export function MonitorForm({ types, source, mode, reload }: Props) {
  const plans = useMemo(() => new Map(types.data.map((type) => [type.name, planFor(type, types.monitor)])), [types]);
  const first = [...plans.values()][0];
  const planOf = (draft: Draft) => plans.get(String(draft.type)) ?? plans.get("http") ?? first!;
  const [blank, setBlank] = useState<Draft>(() => startOf(source, mode, planOf, place.peek().query.get("type")));
  const [outcome, setOutcome] = useState<{ result: TriedResult; body: Draft } | null>(null);
  const [theirs, setTheirs] = useState<Tagged<WholeMonitor> | null>(null);
  const [round, setRound] = useState(0);
  const requestKey = useRequestKey();
  const etag = useRef(source?.etag ?? null);

  const readOnly = mode === "edit" && (!can("editor") || Boolean(source?.value.managed_by));
  const stored = source?.value ?? {};
  const editor = useEditor<"save" | "another" | "try">({ start: blank, stored, defaults: planOf(blank).type.defaults, readOnly, spots: (draft) => spotsFor(planOf(draft), draft) });
  const { draft } = editor.form;
  const plan = planOf(draft);
  const body = bodyOf(plan, draft);
  const before = bodyOf(planOf(blank), blank);
  const dirty = !readOnly && !same(before, body);
  useLeaveGuard(dirty);

  const done = (saved: WholeMonitor, text: string) => {
    letGo();
    void loadRows();
    toast(text);
    go(pathTo("monitor", { ref: saved.id }), { replace: mode === "new" });
  };
  const change = async (guard: string | null) => {
    const patch = patchFor(plan, before, body);
    if (source === null) return;
    if (Object.keys(patch).length === 0) return done(source.value, w.nothing);
    try {
      done(await patchMonitor(source.value.id, patch, guard), w.saved(String(body.name)));
    } catch (thrown) {
      if (asProblem(thrown).status !== 412) throw thrown;
      setTheirs(await readMonitor(source.value.id));
    }
  };
  const add = () => addMonitor(body, requestKey(body), source?.value.id);
  const save = () => editor.run("save", async () => (mode === "edit" ? change(etag.current) : add().then((made) => done(made, w.watched(made.name)))));
  const saveAndGoOn = () => editor.run("another", async () => {
    const made = await add();
    void loadRows();
    toast(w.watched(made.name), { action: { label: w.open, run: () => go(pathTo("monitor", { ref: made.id })) } });
    // What was chosen stays for the next one; what can be only one's own does not.
    const { name: _, target: __, description: ___, ...kept } = draft;
    setBlank(kept);
    editor.replace(kept);
    setOutcome(null);
    setRound(round + 1);
  });
  const tryOut = () => editor.run("try", async () => setOutcome({ result: await tryMonitor(body, source?.value.id), body }));
  const name = source?.value.name ?? "";
  const title = mode === "edit" ? w.edit(name) : mode === "copy" ? w.copyOf(name) : w.newMonitor;
  return (
    <FormPage
      editor={editor} spots={spotsFor(plan, draft)} title={title} lead={mode === "new" ? w.lead : ""} defaults={plan.type.defaults}
      crumb={mode === "edit" ? { to: pathTo("monitor", { ref: source?.value.id ?? "" }), text: name } : { to: pathTo("monitors"), text: w.crumb.monitors }}
      reason={!readOnly ? "" : can("editor") ? w.readOnly.file : w.readOnly.role} onSave={save} {...(mode === "edit" ? {} : { onAnother: saveAndGoOn })}
      aside={<TryOut passive={plan.type.passive} saved={mode === "edit"} editable={can("editor")} busy={editor.busy === "try"} outcome={outcome} stale={outcome !== null && !same(outcome.body, body)} onTry={tryOut} />}
    >
      <MonitorFields key={round} types={types} plans={plans} plan={plan} editor={editor} fresh={mode === "new"} />
      {theirs && source && (
        <Conflict plan={planOf(theirs.value)} before={source.value} theirs={theirs.value} onClose={() => setTheirs(null)}
          onTheirs={() => { letGo(); setTheirs(null); reload(); }}
          onMine={() => { etag.current = theirs.etag; setTheirs(null); editor.run("save", () => change(theirs.etag)); }} />
      )}
    </FormPage>
  );
}

function startOf(source: Tagged<WholeMonitor> | null, mode: Props["mode"], planOf: (draft: Draft) => ReturnType<typeof planFor>, type: string | null): Draft {
  if (source === null) return { type: planOf({ type }).type.name };
  return draftOf(planOf(source.value), source.value, mode === "copy" ? w.copyName(source.value.name) : undefined);
}
