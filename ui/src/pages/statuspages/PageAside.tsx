/** Beside the form: where the page is, and a sketch of what stands on it. */
import type { PageComponent, PageGroup, StatusPage } from "../../api/status";
import { Copy } from "../../components/Copy";
import { Card } from "../../components/Panel";
import type { Draft } from "../../domain/form";
import { linesOf, nameOf } from "../../domain/page-draft";
import { shown } from "../../forms/typed";
import { sorted } from "../../state/monitors";
import { w } from "../../words/statusPages";

export function PageAside({ page, draft = null }: { page: StatusPage | undefined; draft?: Draft | null }) {
  return (
    <>
      <Card title={w.aside.title}>
        {page ? (
          <>
            <p class="break"><a class="link" href={page.url} target="_blank" rel="noreferrer">{page.url}</a></p>
            <div class="actions try"><a class="button" href={page.url} target="_blank" rel="noreferrer">{w.aside.openNow}</a><Copy text={page.url} label={w.copyOf(page.title)} /></div>
            {draft && !page.managed_by && <p class="soft small after">{w.aside.after}</p>}
          </>
        ) : <p class="soft">{w.aside.notYet}</p>}
      </Card>
      {draft && <Sketch draft={draft} />}
    </>
  );
}

/** Title, headings and components as they will follow each other. */
function Sketch({ draft }: { draft: Draft }) {
  const lines = linesOf((draft.groups as PageGroup[] | undefined) ?? [], (draft.components as PageComponent[] | undefined) ?? []);
  if (lines.length === 0 && !draft.title) return null;
  return (
    <Card title={w.aside.outline}>
      <div class="sketch">
        <b>{shown(draft.title)}</b>
        <ul>{lines.map((line, index) => (line.kind === "group" ? <li key={index} class="sketch-group">{line.group.name}</li> : <li key={index} class={line.component.group ? "sketch-under" : ""}>{nameOf(line.component, sorted.value)}</li>))}</ul>
        {draft.everything_public === true && <p class="faint small">… {w.everything}</p>}
      </div>
    </Card>
  );
}
