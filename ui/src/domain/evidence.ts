/** What was seen when a monitor changed its state, ready to be shown: one piece per region and moment. */
import type { Certificate, Phases, Seen, Sighting } from "../api/types";
import { reasonText } from "../words";
import { p } from "../words/pages";
import { day, listed } from "./format";
import { isProblem, urgency } from "./status";

export interface Piece {
  region: string;
  at: string;
  reason: string;
  lines: readonly string[];
  address: string;
  exchange: string;
  redirects: readonly string[];
  phases: Phases;
  latency: number | null;
  certificate: CertificateFacts | null;
  encryption: string;
}

/** A certificate in words, and how much of its life is over (0 to 1). */
export interface CertificateFacts {
  names: string;
  issuer: string;
  from: string;
  to: string;
  left: string;
  state: "good" | "soon" | "over";
  spent: number;
}

const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** Of what was seen, what speaks for the failure: the newest of the worst; the first of all where nothing fails. */
export function worstOf(sightings: readonly Sighting[]): Sighting | null {
  const [worst] = sightings.filter((one) => isProblem(one.status)).sort((a, b) => urgency(a.status) - urgency(b.status) || Date.parse(b.at) - Date.parse(a.at));
  return worst ?? sightings[0] ?? null;
}

/** The pieces, newest first. */
export function pieces(sightings: readonly Sighting[]): Piece[] {
  return sightings.map(piece).reverse();
}

function piece(sighting: Sighting): Piece {
  const seen: Seen = sighting.evidence ?? {};
  const failed = (seen.assertions ?? []).flatMap((one) => (one.passed ? [] : [one.message || one.text]));
  const leaf = seen.certificates?.[0];
  return {
    region: sighting.region,
    at: sighting.at,
    reason: sighting.reason,
    // The sentence of a check sums up what its expectations say one by one.
    lines: failed.length > 1 ? failed : [sighting.message || reasonText(sighting.reason)],
    address: seen.address || (seen.resolved?.[0] ?? ""),
    exchange: [seen.request, seen.response].flatMap((text) => text?.replace(/\r\n/g, "\n").trim() || []).join("\n\n"),
    redirects: seen.redirects ?? [],
    phases: seen.phases_ms ?? {},
    latency: seen.latency_ms ?? null,
    certificate: leaf ? certificateFacts(leaf) : null,
    encryption: seen.tls_version?.replace(/^TLSv/, "TLS ") ?? "",
  };
}

/** A certificate as it was at the moment of the check. */
export function certificateFacts(found: Certificate): CertificateFacts {
  const days = Math.floor(Math.abs(found.days_left));
  const over = found.days_left < 0;
  const life = (Date.parse(found.not_after) - Date.parse(found.not_before)) / DAY_MS;
  const spent = life > 0 ? 1 - found.days_left / life : 1;
  return {
    names: found.names.length > 0 ? listed(found.names) : commonName(found.subject),
    issuer: commonName(found.issuer),
    from: day(found.not_before),
    to: day(found.not_after),
    left: !over ? p.certificate.left(days) : days < 1 ? p.certificate.overToday : p.certificate.over(days),
    state: over ? "over" : found.days_left < SOON_DAYS ? "soon" : "good",
    spent: Math.min(1, Math.max(0, spent)),
  };
}

/** The part of a distinguished name that people call it by: "CN=R11,O=Let's Encrypt" is "R11 (Let's Encrypt)". */
export function commonName(name: string): string {
  const of = (part: string) => new RegExp(`(?:^|,)${part}=((?:\\\\.|[^,\\\\])+)`).exec(name)?.[1]?.replace(/\\(.)/g, "$1") ?? "";
  const [common, organisation] = [of("CN"), of("O")];
  if (common && organisation && common !== organisation) return `${common} (${organisation})`;
  return common || organisation || name;
}
