/** One status page in the list. */
import { listPosts, listSubscribers, type StatusPage } from "../../api/status";
import { LinkButton } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { pathTo } from "../../domain/routes";
import { useResource } from "../../state/resource";
import { w } from "../../words/statusPages";

const path = (name: "statusPage" | "editStatusPage", page: StatusPage) => pathTo(name, { ref: page.slug });

export function PageRow({ page, editable }: { page: StatusPage; editable: boolean }) {
  const shown = page.components.length > 0 || !page.everything_public ? w.components(page.components.length) : "";
  const notes = [page.slug === "status" && w.main, w.visibility[page.visibility], shown, page.everything_public && w.everything, page.managed_by && w.file].filter(Boolean).join(" · ");
  return (
    <li>
      <div class="page-name">
        <a class="row-name" href={path("statusPage", page)}>{page.title}</a>
        <small>{notes}</small>
      </div>
      <Counts page={page} />
      <div class="page-address">
        <a class="link" href={page.url} target="_blank" rel="noreferrer" title={w.openOf(page.title)}>{page.url.replace(/^https?:\/\//, "")}</a>
        <Copy text={page.url} label={w.copyOf(page.title)} />
      </div>
      {editable && <div class="actions"><LinkButton to={path("editStatusPage", page)}>{w.edit}<span class="hidden"> ({page.title})</span></LinkButton></div>}
    </li>
  );
}

/** What is open, and how many are told; asked for apart, so that the list stands at once. */
function Counts({ page }: { page: StatusPage }) {
  const open = useResource(`open posts ${page.id}`, () => listPosts(page.id, { status: "open" }));
  const told = useResource(`subscribers ${page.id}`, () => listSubscribers(page.id));
  const n = open.value?.data.length ?? 0;
  const subscribers = told.value?.data.filter((one) => one.confirmed).length ?? 0;
  return (
    <div class="page-counts small">
      <span class={n > 0 ? "deg" : "soft"}>{open.value && (n > 0 ? w.posts(n) : w.noPosts)}</span>
      <span class="soft">{told.value && (told.value.next_cursor ? w.many(subscribers) : w.subscribers(subscribers))}</span>
    </div>
  );
}
