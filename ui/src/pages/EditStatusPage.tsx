/** A status page that is made, or one whose settings are looked at and changed. */
import { readPage } from "../api/status";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { forAll } from "../components/Whole";
import { pathTo } from "../domain/routes";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { w } from "../words/statusPages";
import { PageForm } from "./statuspages/PageForm";
import "../style/forms.css";
import "../style/pages-public.css";
import "../style/status.css";

export const EditStatusPage = forAll(Edit);

function Edit({ reference }: { reference: string | null }) {
  const source = useResource(`edited page ${reference ?? ""}`, async () => (reference === null ? null : readPage(reference)));
  const home = <LinkButton to={pathTo("statusPages")}>{w.title}</LinkButton>;
  if (reference === null && !can("editor")) return <div class="card"><Empty page title={w.mayNot} action={home}>{w.mayNotText}</Empty></div>;
  if (source.problem?.status === 404) return <div class="card"><Empty page title={w.missing} action={home} /></div>;
  const ready = reference === null || source.value !== null;
  return (
    <>
      <Trouble problem={source.problem} retry={source.reload} />
      {!ready && source.problem === null && <Loading />}
      {ready && <PageForm key={source.value?.etag ?? ""} source={source.value} reload={source.reload} />}
    </>
  );
}
