/** A point in time: relative or as time of day, exact on hover. */
import { clockSeconds, exact, roughly, secondsSince } from "../domain/format";
import { now } from "../state/now";
import { t } from "../words";

/** "4 min ago", and the exact instant on hover. */
export function Ago({ at }: { at: string }) {
  const age = secondsSince(at, now.value);
  return <time dateTime={at} title={exact(at)}>{age < 2 ? t.common.justNow : t.common.ago(roughly(age))}</time>;
}

/** "18:41:02", with the day when it is not today. */
export function Clock({ at }: { at: string }) {
  return <time dateTime={at} title={exact(at)}>{clockSeconds(at, now.value)}</time>;
}
