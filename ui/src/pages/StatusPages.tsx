/** The status pages: where they are, who may see them, and what is open on each. */
import { listPages, type StatusPage } from "../api/status";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { forAll } from "../components/Whole";
import { pathTo } from "../domain/routes";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { w } from "../words/statusPages";
import { PageRow } from "./statuspages/PageRow";
import "../style/pages-public.css";
import "../style/status.css";

export const StatusPages = forAll(List);

function List() {
  const pages = useResource("status pages", listPages);
  const all = [...(pages.value?.data ?? [])].sort(order);
  const may = can("editor");
  const add = may ? <LinkButton to={pathTo("newStatusPage")} primary>{w.add}</LinkButton> : undefined;
  return (
    <>
      <header class="top">
        <div><h1>{w.title}</h1><p>{w.lead}</p></div>
        {all.length > 0 && add && <div class="actions">{add}</div>}
      </header>
      <Trouble problem={pages.problem} retry={pages.reload} />
      {pages.value === null && pages.problem === null && <Loading />}
      {pages.value && all.length === 0 && <div class="card"><Empty title={w.none} action={add}>{w.noneText}</Empty></div>}
      {all.length > 0 && <ul class="card page-rows">{all.map((page) => <PageRow key={page.id} page={page} editable={may} />)}</ul>}
    </>
  );
}

/** The main page first, then by title. */
function order(a: StatusPage, b: StatusPage): number {
  const rank = (page: StatusPage) => (page.slug === "status" ? 0 : 1);
  return rank(a) - rank(b) || a.title.localeCompare(b.title);
}
