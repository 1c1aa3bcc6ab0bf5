/** The form of an incident or a notice: what is said first, what it affects, when it is published, and whether subscribers are told. */
import { useMemo, useState } from "preact/hooks";
import { addPost, type Affected, type PostTemplate, type PublicState, type StatusPage } from "../../api/status";
import { choicesFor, fieldFor } from "../../domain/field";
import { clock } from "../../domain/format";
import { same, type Draft } from "../../domain/form";
import { failing, IMPACTS, STATUSES } from "../../domain/post";
import { pathTo } from "../../domain/routes";
import { useEntry, useFormState } from "../../forms/context";
import { useEditor, useRequestKey } from "../../forms/editor";
import { FieldControl, Fields } from "../../forms/FieldControl";
import { Frame } from "../../forms/Frame";
import { shown } from "../../forms/typed";
import { letGo, useLeaveGuard } from "../../state/leaving";
import { sorted } from "../../state/monitors";
import { go } from "../../state/place";
import { toast } from "../../state/toasts";
import { w } from "../../words/posts";
import { FormPage } from "../editing/FormPage";
import { Moment, readersZone } from "../maintenance/times";
import { AffectedPicker, componentsOf, StillFails } from "./affected";
import { PageAside } from "./PageAside";

const IMPACT = fieldFor("impact", "choice", w.form.impact, { help: w.form.impactHelp, choices: IMPACTS.map((one) => ({ value: one, label: w.impacts[one] })), initial: "minor" });
const STATUS = fieldFor("status", "choice", w.form.status, { choices: choicesFor(Object.fromEntries(STATUSES.map((one) => [one, `${w.status[one]}: ${w.statusHelp[one]}`]))), initial: "investigating" });
const TELL = fieldFor("tell", "boolean", w.form.tell, { help: w.form.tellHelp, initial: true });
const LABELS: Readonly<Record<string, string>> = { title: w.form.title, impact: w.form.impact, status: w.form.status, text: w.text, components: w.form.components, publish_at: w.form.publish_at, started_at: w.form.started_at, ends_at: w.form.ends_at, tell: w.form.tell };
const SPOTS = Object.entries(LABELS).map(([path, label]) => ({ path, label }));

export function PostForm({ page, kind, components }: { page: StatusPage; kind: "incident" | "notice"; components: PublicState["components"] | null }) {
  const notice = kind === "notice";
  const start = useMemo<Draft>(() => (notice ? { kind } : { kind, ...known(page, components) }), []);
  const requestKey = useRequestKey();
  const editor = useEditor<"save" | "another" | "try">({ start, stored: {}, defaults: {}, readOnly: false, spots: () => SPOTS });
  const { draft } = editor.form;
  useLeaveGuard(!same(start, draft));
  const save = () => editor.run("save", async () => {
    const body = { title: "", text: "", ...draft };
    const made = await addPost(page.id, body, requestKey(body));
    letGo();
    toast(made.published ? w.form.publishedToast(made.title) : w.form.scheduledToast(made.title, clock(made.publish_at, Date.now())));
    go(pathTo("statusPage", { ref: page.slug }));
  });
  const fill = (template: PostTemplate) => editor.replace({ ...draft, title: template.title || template.name, status: template.status === "investigating" ? undefined : template.status, text: template.text });
  const title = fieldFor("title", "text", w.form.title, { placeholder: notice ? w.form.noticeHint : w.form.titleHint, required: true });
  return (
    <FormPage
      editor={editor} spots={SPOTS} title={notice ? w.form.notice : w.form.incident} crumb={{ to: pathTo("statusPage", { ref: page.slug }), text: page.title }} lead={notice ? w.form.noticeLead(page.title) : w.form.lead(page.title)} onSave={save}
      saveText={draft.publish_at ? w.form.schedule : w.form.publish} asideLast aside={<PageAside page={page} />}
    >
      <section class="card padded">
        {page.templates.length > 0 && <Templates templates={page.templates} onChoose={fill} />}
        <Fields fields={[]} path={[]}><div class="wide"><FieldControl field={title} path={["title"]} /></div>{!notice && <><FieldControl field={IMPACT} path={["impact"]} /><FieldControl field={STATUS} path={["status"]} /></>}<Text /></Fields>
      </section>
      {!notice && <section class="card padded"><Affects page={page} components={components} /></section>}
      <section class="card padded">
        <div class="fields">
          {!notice && <Since />}
          <Publish />
          {notice && <Ends />}
          <div class="wide"><FieldControl field={TELL} path={["tell"]} /></div>
        </div>
      </section>
    </FormPage>
  );
}

/** What monitors know already: which components fail, and how bad that is. */
function known(page: StatusPage, components: PublicState["components"] | null): Draft {
  const found = failing(componentsOf(page, components).map((one) => one.id), page, sorted.peek());
  return found.impact === null ? {} : { components: found.components, impact: found.impact };
}

function Templates({ templates, onChoose }: { templates: readonly PostTemplate[]; onChoose: (template: PostTemplate) => void }) {
  const choose = (name: string) => {
    const found = templates.find((one) => one.name === name);
    if (found) onChoose(found);
  };
  return (
    <label class="field template-pick"><span>{w.form.template}</span>
      <select onChange={(event) => choose(event.currentTarget.value)}><option value="">{w.form.noTemplate}</option>{templates.map((one) => <option key={one.name} value={one.name}>{one.name}</option>)}</select>
    </label>
  );
}

function Text() {
  const entry = useEntry(["text"]);
  return (
    <Frame id={entry.id} label={w.text} help={w.textHelp} fault={entry.fault} wide>
      {(ties) => <textarea {...ties} class="prose" rows={6} value={shown(entry.value)} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />}
    </Frame>
  );
}

function Affects({ page, components }: { page: StatusPage; components: PublicState["components"] | null }) {
  const { draft } = useFormState();
  const entry = useEntry(["components"]);
  const chosen = (entry.value as readonly Affected[] | undefined) ?? [];
  const set = (chosen: readonly Affected[]) => entry.set(chosen.length > 0 ? chosen : undefined);
  return (
    <div id={entry.id} tabIndex={-1}>
      <AffectedPicker page={page} all={componentsOf(page, components)} chosen={chosen} label={w.form.components} onChange={set} />
      {draft.status === "resolved" && <StillFails page={page} components={components} about={chosen} />}
      {entry.fault && <p class="field-problem">{entry.fault}</p>}
    </div>
  );
}

/** Now, or at a time to come. */
function Publish() {
  const entry = useEntry(["publish_at"]);
  const [later, setLater] = useState(false);
  const choose = (on: boolean) => {
    setLater(on);
    entry.set(on ? new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000).toISOString() : undefined);
  };
  return (
    <>
      <fieldset class="modes wide">
        <legend>{w.form.when}</legend>
        {[false, true].map((one) => <label key={String(one)} class="tick"><input type="radio" name="publish" checked={later === one} onChange={() => choose(one)} />{one ? w.form.later : w.form.now}</label>)}
      </fieldset>
      {later && <Moment entry={entry} label={w.form.publish_at} zone={readersZone()} help={readersZone()} />}
    </>
  );
}

function Since() {
  return <Moment entry={useEntry(["started_at"])} label={w.form.started_at} zone={readersZone()} help={w.form.startedHelp} />;
}

function Ends() {
  return <Moment entry={useEntry(["ends_at"])} label={w.form.ends_at} zone={readersZone()} help={w.form.endsHelp} />;
}
