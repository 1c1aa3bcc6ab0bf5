/** The parts of the form of a status page: what matters first stands open, the rest in folds that tell what is special in them. */
import type { ComponentChildren } from "preact";
import type { StatusPage, Visibility } from "../../api/status";
import { listed } from "../../domain/format";
import { asDraft, type Draft } from "../../domain/form";
import { SHOW } from "../../domain/page-draft";
import { useEntry } from "../../forms/context";
import { FieldControl, Fields } from "../../forms/FieldControl";
import { Fold } from "../../forms/Fold";
import { Group } from "../../forms/Frame";
import { w } from "../../words/statusPages";
import { Zone } from "../maintenance/times";
import { Automatic } from "./Automatic";
import { Components } from "./Components";
import { CSS, DESCRIPTION, EVERYTHING, HOSTS, LANGUAGE, NETWORKS, PASSWORD, POWERED, SHOWN, SLUG, SUBSCRIBE, THEME, TITLE } from "./fields";
import { Accent, Picture } from "./Look";
import { Links, Templates } from "./rows";

const KINDS: readonly Visibility[] = ["public", "unlisted", "password", "signed_in", "networks"];

export function PageParts({ fresh, stored, draft }: { fresh: boolean; stored: StatusPage | undefined; draft: Draft }) {
  const show: Draft = { ...SHOW, ...asDraft(draft.show) };
  const count = (name: string) => (Array.isArray(draft[name]) ? (draft[name] as unknown[]).length : 0);
  return (
    <>
      <Part title={w.parts.basics}><Fields fields={fresh ? [TITLE, SLUG, DESCRIPTION] : [TITLE, DESCRIPTION]} path={[]} /></Part>
      <Part><Who draft={draft} /></Part>
      <Part title={w.parts.components}><Components /><div class="fields after-lines"><FieldControl field={EVERYTHING} path={["everything_public"]} /></div></Part>
      <div class="card form-folds">
        <Fold title={w.parts.show} digest={`${String(show.days)} ${w.daysUnit}`} paths={["show"]}><Fields fields={SHOWN} path={["show"]} /></Fold>
        <Fold title={w.parts.auto} digest={w.auto.whens[(asDraft(draft.auto_incidents).when as keyof typeof w.auto.whens) ?? "after"]} paths={["auto_incidents"]}><Automatic draft={draft} /></Fold>
        <Fold title={w.parts.templates} digest={count("templates") > 0 ? String(count("templates")) : ""} paths={["templates"]}><Templates /></Fold>
        <Fold title={w.parts.subscribe} digest={waysText(draft)} paths={["subscribe"]}><Fields fields={[SUBSCRIBE]} path={[]} /></Fold>
        <Fold title={w.parts.look} digest={[draft.accent, draft.theme === "dark" || draft.theme === "light" ? w.themes[draft.theme] : ""].filter(Boolean).join(" · ")} paths={["theme", "accent", "logo", "favicon", "links", "powered_by", "css"]}>
          <div class="fields">
            <Picture name="logo" stored={stored?.logo ?? null} /><Picture name="favicon" stored={stored?.favicon ?? null} />
            <Accent /><FieldControl field={THEME} path={["theme"]} />
            <Links />
            <FieldControl field={CSS} path={["css"]} /><FieldControl field={POWERED} path={["powered_by"]} />
          </div>
        </Fold>
        <Fold title={w.parts.place} digest={String(draft.timezone ?? "UTC")} paths={["language", "timezone"]}><Fields fields={[LANGUAGE]} path={[]}><PageZone /></Fields></Fold>
        <Fold title={w.parts.hosts} digest={Array.isArray(draft.hosts) ? listed(draft.hosts as string[]) : ""} paths={["hosts", "frame_ancestors"]}><Fields fields={HOSTS} path={[]} /></Fold>
      </div>
    </>
  );
}

function Part({ title, children }: { title?: string; children: ComponentChildren }) {
  return <section class="card padded">{title && <div class="card-head"><h2>{title}</h2></div>}{children}</section>;
}

/** Who may see it, each choice with what it means, and what it needs. */
function Who({ draft }: { draft: Draft }) {
  const entry = useEntry(["visibility"]);
  const now = (entry.value ?? "public") as Visibility;
  return (
    <div class="fields">
      <Group id={entry.id} label={w.fields.visibility} fault={entry.fault} wide>
        <div class="who">
          {KINDS.map((kind) => (
            <label key={kind} class={kind === now ? "on" : ""}>
              <input type="radio" name="visibility" checked={kind === now} disabled={entry.readOnly} onChange={() => entry.set(kind === "public" ? undefined : kind)} />
              <span><b>{w.visibility[kind]}</b><small>{w.visibilityHelp[kind]}</small></span>
            </label>
          ))}
        </div>
      </Group>
      {(now === "password" || draft.password !== undefined) && <FieldControl field={PASSWORD} path={["password"]} />}
      {(now === "networks" || draft.networks !== undefined) && <FieldControl field={NETWORKS} path={["networks"]} />}
    </div>
  );
}

function PageZone() {
  return <Zone entry={useEntry(["timezone"])} label={w.fields.timezone} help={w.help.timezone} />;
}

function waysText(draft: Draft): string {
  const ways = Array.isArray(draft.subscribe) ? (draft.subscribe as (keyof typeof w.ways)[]) : (Object.keys(w.ways) as (keyof typeof w.ways)[]);
  return listed(ways.map((way) => w.ways[way]));
}
