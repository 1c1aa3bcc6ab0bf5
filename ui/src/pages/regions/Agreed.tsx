/** What each region saw when an incident moved: who saw it fail, who saw it working, who had no vote, and the evidence of each. */
import { useState } from "preact/hooks";
import { StateText, StatusIcon } from "../../components/StatusIcon";
import { Card } from "../../components/Panel";
import { Clock } from "../../components/When";
import { pieces } from "../../domain/evidence";
import { isAlone, regionsOf, type Agreed as Agreement, type Moment } from "../../domain/agreed";
import { agreedText, nameOf, silenceText, voteOf } from "../../domain/regions";
import { clockSeconds } from "../../domain/format";
import { eventTitle } from "../../domain/timeline";
import type { UsualPhases } from "../../domain/usual";
import { now } from "../../state/now";
import { w } from "../../words/regions";
import { PieceView } from "../incident/Evidence";
import "../../style/probes.css";

/** One moment, with a tab for each region. */
export function AgreedCard({ moment, usual }: { moment: Moment; usual: UsualPhases }) {
  const { event, agreed, sightings } = moment;
  const regions = regionsOf(moment);
  const [chosen, choose] = useState(regions[0] ?? "");
  const shown = regions.includes(chosen) ? chosen : (regions[0] ?? "");
  const sighting = sightings.get(shown);
  const piece = sighting && pieces([sighting])[0];
  return (
    <Card title={eventTitle(event.type, event.reason)} aside={<span class="soft small"><Clock at={event.at} /></span>}>
      <Said agreed={agreed} />
      <div class="votes" role="group" aria-label={w.incident.regions}>
        {regions.map((region) => {
          const vote = voteOf(agreed, region);
          return (
            <button key={region} type="button" class={`vote${region === shown ? " on" : ""}`} aria-pressed={region === shown} onClick={() => choose(region)}>
              <b><StatusIcon status={vote.look} /> {nameOf(region)}</b><small>{vote.word}</small>
            </button>
          );
        })}
      </div>
      <div class="vote-seen" role="region" aria-label={shown}>
        {agreed.silent[shown] !== undefined && <p class="soft">{w.incident.silentWhy(silenceText(agreed.silent[shown] ?? null))}</p>}
        {/* What a region saw is the newest that it sent with evidence: that may be older than the moment. */}
        {piece && <p class="soft small">{w.incident.checked(clockSeconds(piece.at, now.value))}</p>}
        {piece ? <PieceView piece={piece} usual={usual} whole /> : agreed.silent[shown] === undefined && <p class="soft">{w.incident.nothing}</p>}
      </div>
    </Card>
  );
}

/** Who saw it fail and who did not, beside the other facts of an incident. */
export function WhoSaw({ agreed }: { agreed: Agreement }) {
  const all = [...agreed.failing, ...agreed.healthy, ...Object.keys(agreed.silent)];
  return (
    <Card title={w.incident.title}>
      <Said agreed={agreed} />
      <ul class="who-saw">
        {all.map((region) => {
          const vote = voteOf(agreed, region);
          const why = agreed.silent[region];
          return <li key={region}><StateText status={vote.look} text={nameOf(region)} /><span class="soft small">{vote.word}{why !== undefined && `: ${silenceText(why)}`}</span></li>;
        })}
      </ul>
    </Card>
  );
}

function Said({ agreed }: { agreed: Agreement }) {
  return <p class={isAlone(agreed) ? "alone-said" : "soft"}>{agreedText(agreed)}</p>;
}
