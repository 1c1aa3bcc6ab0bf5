/** A window that is planned, or one that is looked at and changed. */
import { readWindow } from "../api/status";
import { LinkButton } from "../components/Button";
import { Empty, Loading, Trouble } from "../components/Panel";
import { forAll } from "../components/Whole";
import { pathTo } from "../domain/routes";
import { useResource } from "../state/resource";
import { can } from "../state/session";
import { w } from "../words/maintenance";
import { WindowForm } from "./maintenance/WindowForm";
import "../style/forms.css";
import "../style/status.css";

export const EditMaintenance = forAll(Edit);

function Edit({ reference }: { reference: string | null }) {
  const source = useResource(`edited window ${reference ?? ""}`, async () => (reference === null ? null : readWindow(reference)));
  const home = <LinkButton to={pathTo("maintenance")}>{w.crumb}</LinkButton>;
  if (reference === null && !can("editor")) return <div class="card"><Empty page title={w.mayNot} action={home}>{w.mayNotText}</Empty></div>;
  if (source.problem?.status === 404) return <div class="card"><Empty page title={w.missing} action={home} /></div>;
  const ready = reference === null || source.value !== null;
  return (
    <>
      <Trouble problem={source.problem} retry={source.reload} />
      {!ready && source.problem === null && <Loading />}
      {ready && <WindowForm key={source.value?.etag ?? ""} source={source.value} reload={source.reload} />}
    </>
  );
}
