/** A new incident or notice of a status page. */
import { getPublicState, readPage } from "../api/status";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { forAll } from "../components/Whole";
import { pathTo } from "../domain/routes";
import { loadRows } from "../state/monitors";
import { place } from "../state/place";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { w } from "../words/posts";
import { PostForm } from "./statuspages/PostForm";
import "../style/forms.css";
import "../style/pages-public.css";
import "../style/status.css";

export const NewPost = forAll(Write);

function Write({ reference }: { reference: string }) {
  const found = useResource(`page to write on ${reference}`, async () => {
    const [{ value: page }] = await Promise.all([readPage(reference), loadRows()]);
    return { page, state: await getPublicState(page) };
  });
  const home = <LinkButton to={pathTo("statusPages")}>{w.crumb}</LinkButton>;
  if (!can("editor")) return <div class="card"><Empty page title={w.form.mayNot} action={home}>{w.form.mayNotText}</Empty></div>;
  const kind = place.value.query.get("kind") === "notice" ? "notice" : "incident";
  return (
    <>
      <Trouble problem={found.problem} retry={found.reload} />
      {found.value === null && found.problem === null && <Loading />}
      {found.value && <PostForm key={kind} page={found.value.page} kind={kind} components={found.value.state?.components ?? null} />}
    </>
  );
}
