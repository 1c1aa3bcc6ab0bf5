/** The response times of a stretch of time: its range, its scale, and what it says in words. */
import type { SeriesPoint } from "../api/types";
import { p } from "../words/pages";
import { clock, latency } from "./format";

/** A series with the range it covers, in milliseconds. */
export interface Series {
  points: readonly SeriesPoint[];
  from: number;
  to: number;
  /** How long each point stands for, in seconds. */
  step: number;
}

/** Whether there is anything to draw. */
export function drawable({ points }: Series): boolean {
  return points.some((point) => half(point) !== null);
}

/** What half of the checks of a point stayed below. */
export function half(point: SeriesPoint): number | null {
  return point.p50_ms ?? point.avg_ms;
}

/** What 95 % of the checks of a point stayed below. */
export function most(point: SeriesPoint): number | null {
  return point.p95_ms ?? half(point);
}

/** The middle one of some values; of an even number the upper one. */
export function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

/** Whether each point is a single check, of which there are no percentiles. */
export function single(points: readonly SeriesPoint[]): boolean {
  return points.every((point) => (point.p99_ms ?? most(point)) === half(point));
}

/** Of fewer runs than these nobody can say what is usual, and what 95 % of them take. */
const FEW_RUNS = 3;
const MANY_RUNS = 20;

/** How long half of the runs of a job take, and 95 % of them; null where there are too few to say so. */
export function runTimes(points: readonly SeriesPoint[]): { half: number | null; most: number | null } {
  const known = points.filter((point) => half(point) !== null);
  const runs = known.reduce((all, point) => all + point.checks - point.failures, 0);
  const times = known.map((point) => (single(known) ? half(point) : most(point)) ?? 0).sort((a, b) => a - b);
  const high = single(known) ? times[Math.ceil(times.length * 0.95) - 1] : median(times);
  return { half: runs < FEW_RUNS ? null : median(known.map(half)), most: runs < MANY_RUNS ? null : (high ?? null) };
}

/** The series in words, for those who do not see it. */
export function seriesText({ points }: Series, now: number): string {
  const known = points.filter((point) => half(point) !== null);
  const slowest = known.reduce<SeriesPoint | null>((worst, point) => ((most(point) ?? 0) > (worst ? (most(worst) ?? 0) : -1) ? point : worst), null);
  const sum = (of: (point: SeriesPoint) => number) => points.reduce((all, point) => all + of(point), 0);
  const failed = sum((point) => point.failures);
  const parts = [p.monitor.series(latency(median(known.map(half))), latency(median(known.map(most))))];
  if (slowest && known.length > 1) parts.push(p.monitor.slowest(clock(slowest.at, now), latency(most(slowest))));
  const checks = sum((point) => point.checks);
  if (failed > 0) parts.push(checks === 1 ? p.monitor.onlyFailed : p.monitor.failures(failed, checks));
  return parts.join(" ");
}

const MINUTE = 60_000;
/** Lengths of time that people count in, in milliseconds. */
export const NICE_TIMES: readonly number[] = [...[1, 2, 4, 5, 10, 15, 20, 30, 40].map((n) => n * MINUTE), ...[1, 2, 3, 4, 6, 8, 12, 16, 24, 48, 72, 96, 168, 336, 720].map((n) => n * 60 * MINUTE)];

/** The next of 1, 2, 4, 6 or 8 times a power of ten, whose half is a round number too; beyond two minutes the next length of time. */
export function niceCeiling(value: number): number {
  if (value > 2 * MINUTE) return NICE_TIMES.find((one) => one >= value) ?? value;
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.01)));
  return ([1, 2, 4, 6, 8].find((step) => step * power >= value) ?? 10) * power;
}
