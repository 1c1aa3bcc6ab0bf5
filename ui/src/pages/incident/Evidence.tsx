/** What was seen, by region: the answer, the certificate, the expectations that failed. */
import { getEvidence } from "../../api/calls";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Clock } from "../../components/When";
import { pieces, type Piece } from "../../domain/evidence";
import { useResource } from "../../state/resource";
import { p } from "../../words/pages";

/** Every piece of evidence, newest first. */
export function EvidenceView({ id, version }: { id: number; version: unknown }) {
  const resource = useResource(`evidence ${id}`, () => getEvidence(id), version);
  const list = pieces(resource.value?.data ?? []);
  return (
    <>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value !== null && list.length === 0 && <Card><Empty title={p.incidentPage.noEvidence}>{p.incidentPage.noEvidenceHint}</Empty></Card>}
      {list.map((piece, index) => <PieceCard key={index} piece={piece} />)}
    </>
  );
}

/** The first thing that was seen, beside the timeline. */
export function FirstEvidence({ id, version }: { id: number; version: unknown }) {
  const resource = useResource(`evidence ${id}`, () => getEvidence(id), version);
  const first = pieces(resource.value?.data ?? []).at(-1);
  return first ? <PieceCard piece={first} /> : null;
}

function PieceCard({ piece }: { piece: Piece }) {
  const exchange = [piece.request, piece.response].filter(Boolean).join("\n\n");
  const facts = piece.address || piece.certificate || piece.redirects.length > 0;
  return (
    <Card title={p.incidentPage.seenFromRegion(piece.region)} aside={<span class="soft small"><Clock at={piece.at} /></span>}>
      <p class="result-text">{piece.summary}</p>
      {piece.failed.length > 0 && <ul class="plain">{piece.failed.map((line) => <li key={line}>{line}</li>)}</ul>}
      {facts && (
        <dl class="facts">
          {piece.address && <><dt>{p.incidentPage.address}</dt><dd class="break">{piece.address}</dd></>}
          {piece.certificate && <><dt>{p.incidentPage.certificate}</dt><dd class="break">{piece.certificate}</dd></>}
          {piece.redirects.length > 0 && <><dt>{p.incidentPage.redirects}</dt><dd class="break">{piece.redirects.join(" → ")}</dd></>}
        </dl>
      )}
      {exchange && <pre tabIndex={0}>{exchange}</pre>}
    </Card>
  );
}
