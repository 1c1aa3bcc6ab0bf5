/** Times as a clock on the wall of some zone shows them, "2026-11-20T18:45", and the instants that they mean. Pure. */

const WALL = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})/;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the clock of a zone shows at an instant; "" for what is no instant. */
export function wallOf(instant: string | number | null | undefined, zone: string): string {
  const at = typeof instant === "number" ? instant : Date.parse(instant ?? "");
  return Number.isNaN(at) ? "" : (WALL.exec(shownAt(at, zone))?.[1] ?? "");
}

/** The instant at which the clock of a zone shows this; null for what is no time. Of two, the first; in a gap, as if there were none. */
export function instantOf(wall: string, zone: string): string | null {
  const text = WALL.exec(wall)?.[1];
  const meant = text === undefined ? Number.NaN : Date.parse(`${text}:00Z`);
  if (Number.isNaN(meant)) return null;
  const offsetAt = (at: number) => Date.parse(`${shownAt(at, zone)}Z`) - at;
  const candidates = [meant - offsetAt(meant - 86_400_000), meant - offsetAt(meant + 86_400_000)];
  const exact = candidates.filter((at) => wallOf(at, zone) === wallOf(meant, "UTC")).sort((a, b) => a - b);
  return new Date(exact[0] ?? candidates[0] ?? meant).toISOString();
}

/** Whether a zone is one that this browser knows. */
export function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}

function shownAt(at: number, zone: string): string {
  const known = clocks.get(zone) ?? new Intl.DateTimeFormat("sv-SE", {
    timeZone: isZone(zone) ? zone : "UTC", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  clocks.set(zone, known);
  return known.format(at).replace(" ", "T");
}
