/** What was seen when a monitor changed its state, ready to be shown: one piece per region and moment. */
import type { Seen, Sighting } from "../api/types";
import { reasonText } from "../words";
import { p } from "../words/pages";

export interface Piece {
  region: string;
  at: string;
  summary: string;
  address: string;
  request: string;
  response: string;
  redirects: readonly string[];
  certificate: string;
  failed: readonly string[];
}

/** The pieces, newest first. */
export function pieces(sightings: readonly Sighting[]): Piece[] {
  return sightings.map(piece).reverse();
}

function piece(sighting: Sighting): Piece {
  const seen: Seen = sighting.evidence ?? {};
  return {
    region: sighting.region,
    at: sighting.at,
    summary: sighting.message || reasonText(sighting.reason),
    address: seen.address || (seen.resolved?.[0] ?? ""),
    request: seen.request ?? "",
    response: seen.response ?? "",
    redirects: seen.redirects ?? [],
    certificate: certificateText(seen),
    failed: (seen.assertions ?? []).flatMap((one) => (one.passed ? [] : [one.message || one.text])),
  };
}

function certificateText(seen: Seen): string {
  const first = seen.certificates?.[0];
  if (!first) return "";
  const days = Math.floor(first.days_left);
  const left = days < 0 ? p.incidentPage.certificateOver(-days) : p.incidentPage.certificateLeft(days);
  return `${first.names[0] ?? first.subject}, ${left}`;
}
