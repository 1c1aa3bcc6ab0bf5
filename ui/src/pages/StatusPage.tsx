/** The desk of a status page: how it is, what is said on it, and who is told. */
import { getPublicState, listPosts, readPage, type StatusPage as Config } from "../api/status";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { Tabs } from "../components/Pill";
import { forAll } from "../components/Whole";
import { pathTo } from "../domain/routes";
import { incidentNews } from "../state/incidents";
import { counts } from "../state/monitors";
import { now } from "../state/now";
import { addressOf, place } from "../state/place";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { w } from "../words/posts";
import { w as pages } from "../words/statusPages";
import { Open, Past } from "./statuspages/Posts";
import { Subscribers } from "./statuspages/Subscribers";
import "../style/forms.css";
import "../style/pages-public.css";
import "../style/status.css";

const TABS = ["now", "past", "subscribers"] as const;
const AGAIN_MS = 30_000;

export const StatusPage = forAll(Desk);

function Desk({ reference }: { reference: string }) {
  const page = useResource(`page ${reference}`, async () => (await readPage(reference)).value);
  if (page.problem?.status === 404) return <div class="card"><Empty page title={pages.missing} action={<LinkButton to={pathTo("statusPages")}>{pages.title}</LinkButton>} /></div>;
  const found = page.value;
  return (
    <>
      <header class="top">
        <div>
          <p class="crumb"><a href={pathTo("statusPages")}>{w.crumb}</a></p>
          <h1>{found?.title ?? reference}</h1>
          {found && <p><a class="link break" href={found.url} target="_blank" rel="noreferrer">{found.url.replace(/^https?:\/\//, "")}</a> · {pages.visibility[found.visibility]}</p>}
        </div>
        {found && <Actions page={found} />}
      </header>
      <Trouble problem={page.problem} retry={page.reload} />
      {found === null && page.problem === null && <Loading />}
      {found && <Views page={found} />}
    </>
  );
}

function Actions({ page }: { page: Config }) {
  const may = can("editor");
  const write = (kind: string) => addressOf(pathTo("newPost", { ref: page.slug }), new URLSearchParams(kind === "notice" ? { kind } : {}));
  return (
    <div class="actions many desk-actions">
      {may && <LinkButton to={write("incident")} primary>{w.report}</LinkButton>}
      {may && <LinkButton to={write("notice")}>{w.notice}</LinkButton>}
      <a class="button" href={page.url} target="_blank" rel="noreferrer">{w.openPage}</a>
      <LinkButton to={pathTo("editStatusPage", { ref: page.slug })}>{w.edit}</LinkButton>
    </div>
  );
}

function Views({ page }: { page: Config }) {
  const tab = TABS.find((name) => name === place.value.query.get("tab")) ?? "now";
  // What is scheduled comes, and what a rule says comes and goes, without anybody here doing anything.
  const version = `${incidentNews.value} ${Math.floor(now.value / AGAIN_MS)}`;
  const posts = useResource(`posts of ${page.id}`, () => listPosts(page.id), version);
  const state = useResource(`state of ${page.id}`, () => getPublicState(page), `${version} ${JSON.stringify(counts.value)}`);
  const path = pathTo("statusPage", { ref: page.slug });
  const reload = () => {
    posts.reload();
    setTimeout(state.reload, 1_200);
  };
  const shared = { page, posts: posts.value?.data ?? [], components: state.value?.components ?? null, editable: can("editor"), reload };
  return (
    <>
      <Tabs label={w.tabsLabel} tabs={TABS.map((name) => ({ to: addressOf(path, new URLSearchParams(name === "now" ? {} : { tab: name })), text: w.tabs[name], on: name === tab }))} />
      <Trouble problem={posts.problem} retry={posts.reload} />
      {posts.value === null && posts.problem === null && <Loading />}
      {posts.value && tab === "now" && <Open {...shared} state={state.value} />}
      {posts.value && tab === "past" && <Past {...shared} more={posts.value.next_cursor !== null} />}
      {tab === "subscribers" && <Subscribers page={page} editable={shared.editable} />}
    </>
  );
}
