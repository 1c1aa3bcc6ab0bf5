/** What was seen, by region: the phases, the certificate, the expectations that failed, the answer itself. */
import { getEvidence, getSeries } from "../../api/calls";
import type { Incident, IncidentWithEvents } from "../../api/types";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Clock } from "../../components/When";
import { Waterfall } from "../../components/Waterfall";
import { lazy } from "../../components/lazy";
import { momentsOf } from "../../domain/agreed";
import { pieces, worstOf, type CertificateFacts, type Piece } from "../../domain/evidence";
import { PHASES } from "../../domain/phases";
import { LOCAL, regionNames } from "../../domain/sentences";
import { usualPhases, type UsualPhases } from "../../domain/usual";
import { useResource } from "../../state/resource";
import { afterPublicWords } from "../../words/language";
import { p } from "../../words/pages";

// What is said of regions comes after the words of the page.
const AgreedCard = lazy(() => afterPublicWords(() => import("../regions/Agreed")).then((part) => part.AgreedCard));

const DAY_MS = 86_400_000;

interface Props {
  incident: Incident;
  version: unknown;
}

/** Every piece of evidence, newest first; of several regions side by side for each time that it moved. */
export function EvidenceView({ incident, version }: Props & { incident: IncidentWithEvents }) {
  const resource = useResource(`evidence ${incident.id}`, () => getEvidence(incident.id), version);
  const usual = useUsual(incident);
  const list = pieces(resource.value?.data ?? []);
  const moments = list.length > 0 ? momentsOf(incident.events, resource.value?.data ?? []) : [];
  return (
    <>
      <Trouble problem={resource.problem} retry={resource.reload} />
      {resource.value === null && resource.problem === null && <Loading />}
      {resource.value !== null && list.length === 0 && <Card><Empty title={p.incidentPage.noEvidence}>{p.incidentPage.noEvidenceHint}</Empty></Card>}
      {moments.length > 0
        ? moments.map((moment) => <AgreedCard key={`${moment.event.type} ${moment.event.at}`} moment={moment} usual={usual} />)
        : list.map((piece, index) => <PieceCard key={index} piece={piece} usual={usual} whole />)}
    </>
  );
}

/** What speaks for the failure, beside the timeline: in short, the tab of its own has all of it. */
export function FirstEvidence({ incident, version }: Props) {
  const resource = useResource(`evidence ${incident.id}`, () => getEvidence(incident.id), version);
  const usual = useUsual(incident);
  const sightings = resource.value?.data ?? [];
  const worst = worstOf(sightings);
  const piece = worst && pieces([worst])[0];
  // Where others saw it too, asura's own region has a name as well.
  return piece ? <PieceCard piece={piece} usual={usual} several={sightings.some((one) => one.region !== LOCAL)} /> : null;
}

/** What the phases took in the day before it began; nothing where results are no longer kept. */
function useUsual(incident: Incident): UsualPhases {
  const monitor = incident.monitor_ids[0];
  const began = Date.parse(incident.started_at);
  const range = { from: new Date(began - DAY_MS).toISOString(), to: incident.started_at };
  const series = useResource(`usual ${incident.id}`, async () => (monitor === undefined ? null : getSeries(monitor, { ...range, phases: "true" })));
  return usualPhases(series.value?.points ?? []);
}

function PieceCard({ piece, usual, whole = false, several = false }: { piece: Piece; usual: UsualPhases; whole?: boolean; several?: boolean }) {
  const region = several && piece.region === LOCAL ? p.incidentPage.local : regionNames([piece.region]);
  return (
    <Card title={region ? p.incidentPage.seenFromRegion(region) : p.incidentPage.seen} aside={<span class="soft small"><Clock at={piece.at} /></span>}>
      <PieceView piece={piece} usual={usual} whole={whole} />
    </Card>
  );
}

/** What one check saw: all of it, or in short. */
export function PieceView({ piece, usual, whole }: { piece: Piece; usual: UsualPhases; whole: boolean }) {
  return (
    <>
      {piece.lines.length > 1
        ? <ul class="plain result-text">{piece.lines.map((line) => <li key={line}>{line}</li>)}</ul>
        : <p class="result-text">{piece.lines[0]}</p>}
      <Reached piece={piece} />
      {PHASES.some((phase) => typeof piece.phases[phase] === "number") && <Waterfall phases={piece.phases} total={piece.latency} reason={piece.reason} usual={usual} />}
      {piece.certificate && (whole || piece.certificate.state !== "good") && <CertificateView certificate={piece.certificate} />}
      {piece.exchange && <div class="part">{whole && <h3>{p.incidentPage.exchange}</h3>}<pre tabIndex={0}>{piece.exchange}</pre></div>}
    </>
  );
}

/** Where the check got to. */
function Reached({ piece }: { piece: Piece }) {
  if (!piece.address && !piece.encryption && piece.redirects.length === 0) return null;
  return (
    <dl class="facts reached">
      {piece.address && <><dt>{p.incidentPage.address}</dt><dd>{piece.address}</dd></>}
      {piece.encryption && <><dt>{p.incidentPage.encryption}</dt><dd>{piece.encryption}</dd></>}
      {piece.redirects.length > 0 && <><dt>{p.incidentPage.redirects}</dt><dd>{piece.redirects.join(" → ")}</dd></>}
    </dl>
  );
}

/** For whom a certificate is, by whom, and how much of its life is over. */
function CertificateView({ certificate }: { certificate: CertificateFacts }) {
  const tone = { good: "", soon: "deg", over: "down" }[certificate.state];
  return (
    <div class="part">
      <h3>{p.certificate.title}</h3>
      <dl class="facts">
        <dt>{p.certificate.names}</dt><dd>{certificate.names}</dd>
        <dt>{p.certificate.issuer}</dt><dd>{certificate.issuer}</dd>
        <dt>{p.certificate.valid}</dt>
        <dd>
          {p.certificate.range(certificate.from, certificate.to)}, <span class={tone}>{certificate.left}</span>
          <div class={`life ${certificate.state}`} role="img" aria-label={p.certificate.life(certificate.left)}><span style={{ width: `${Math.max(1, certificate.spent * 100)}%` }} /></div>
        </dd>
      </dl>
    </div>
  );
}
