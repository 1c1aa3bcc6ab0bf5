/** Days of a calendar as instants. */

/** The instant at which a day ("2026-11-20"), or one some days later, begins in a zone; null when it is no day. */
export function startOfDay(day: string, later: number, zone?: string): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (!year) return null;
  const wanted = Date.UTC(Number(year), Number(month) - 1, Number(date) + later);
  // The offset at the guess is right but for days on which clocks change; the second look settles those.
  const guess = wanted - offsetAt(wanted, zone);
  return new Date(wanted - offsetAt(guess, zone)).toISOString();
}

/** By how many milliseconds the clocks of a zone are ahead of UTC. */
function offsetAt(instant: number, zone?: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...(zone && { timeZone: zone }), hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(instant);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = ["year", "month", "day", "hour", "minute", "second"].map((type) => Number(parts.find((part) => part.type === type)?.value));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
