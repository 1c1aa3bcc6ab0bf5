/** One status page in the list. */
import { listPosts, listPublicMonitors, listSubscribers, type StatusPage } from "../../api/status";
import { LinkButton } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { pathTo } from "../../domain/routes";
import { sorted } from "../../state/monitors";
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
        {page.everything_public && <Switched />}
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

/** How monitors come onto a page that shows every public one, and how many have. */
function Switched() {
  const found = useResource("public monitors", listPublicMonitors);
  if (!found.value || sorted.value.length === 0) return null;
  const n = `${found.value.data.length}${found.value.next_cursor ? "+" : ""}`;
  return <small><a class="link" href={pathTo("monitors")}>{w.switched(n, sorted.value.length)}</a></small>;
}

/** What is open, and how many are told; asked for apart, so that the list stands at once. */
function Counts({ page }: { page: StatusPage }) {
  const open = useResource(`open posts ${page.id}`, () => listPosts(page.id, { status: "open" }));
  const told = useResource(`subscribers ${page.id}`, () => listSubscribers(page.id));
  const posts = open.value?.data ?? [];
  const notices = posts.filter((post) => post.kind === "notice").length;
  const incidents = posts.length - notices;
  const said = [incidents > 0 && w.incidents(incidents), notices > 0 && w.notices(notices)].filter(Boolean).join(" · ");
  const subscribers = told.value?.data.filter((one) => one.confirmed).length ?? 0;
  return (
    <div class="page-counts small">
      <span class={incidents > 0 ? "deg" : "soft"}>{open.value && (said || w.noPosts)}</span>
      <span class="soft">{told.value && (told.value.next_cursor ? w.many(subscribers) : w.subscribers(subscribers))}</span>
    </div>
  );
}
