/** Which phase of a check is to blame for its failure. */
import type { Phase, Phases } from "../api/types";

/** The phases in the order they run. */
export const PHASES: readonly Phase[] = ["dns", "connect", "tls", "ttfb", "transfer"];

const BY_REASON: readonly [RegExp, Phase][] = [
  [/^dns_/, "dns"], [/^connect_|^proxy_/, "connect"], [/^tls_|^starttls_/, "tls"],
  [/^http_|^redirect_|^slow$/, "ttfb"], [/^body_/, "transfer"],
];

/** The phase a reason speaks of; for a check that was cut short, the last one that began. */
export function blamed(reason: string | null | undefined, phases: Phases): Phase | null {
  const known = PHASES.filter((phase) => typeof phases[phase] === "number");
  const named = BY_REASON.find(([pattern]) => pattern.test(reason ?? ""))?.[1];
  if (named && known.includes(named)) return named;
  const cutShort = reason === "timeout" || named !== undefined;
  return cutShort ? (known[known.length - 1] ?? null) : null;
}
