/** What each phase of a check usually takes, learned from the points of a series. */
import type { Phase, Phases, SeriesPoint } from "../api/types";
import { PHASES } from "./phases";

/** From what a tenth of the points stayed below to what nine tenths did, in milliseconds. */
export interface Usual {
  low: number;
  high: number;
}

export type UsualPhases = Partial<Record<Phase, Usual>>;

const FEWEST = 5;
/** How many times its usual time a phase takes before it is worth a word. */
const CLEARLY = 3;

/** The usual range of each phase; a phase with too few points has none. */
export function usualPhases(points: readonly SeriesPoint[]): UsualPhases {
  const found: UsualPhases = {};
  for (const phase of PHASES) {
    const values = points.flatMap((point) => point.phases_ms?.[phase] ?? []).sort((a, b) => a - b);
    if (values.length < FEWEST) continue;
    found[phase] = { low: values[Math.floor(values.length * 0.1)] ?? 0, high: values[Math.floor(values.length * 0.9)] ?? 0 };
  }
  return found;
}

/** The phase that is furthest above its usual range, if any is clearly above it. */
export function unusual(phases: Phases, usual: UsualPhases): Phase | null {
  let worst: Phase | null = null;
  let most = CLEARLY;
  for (const phase of PHASES) {
    const [ms, range] = [phases[phase], usual[phase]];
    if (typeof ms !== "number" || !range || ms - range.high < 5) continue;
    const times = ms / Math.max(range.high, 0.1);
    if (times > most) [worst, most] = [phase, times];
  }
  return worst;
}
