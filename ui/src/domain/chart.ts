/** What the big chart draws: columns of numbers, made from the points of series. */
import type { Phase, SeriesPoint } from "../api/types";
import { w } from "../words/monitor";
import { p } from "../words/pages";
import { PHASES } from "./phases";
import { half, most, niceCeiling, single, type Series } from "./series";

/** What a chart can show of response times. */
export type View = "percentiles" | "phases" | "regions";

/** One line: its name, its values in milliseconds, and the token of its colour. */
export interface Line {
  name: string;
  values: readonly (number | null)[];
  token: string;
  look: "line" | "thin" | "dotted" | "stack";
}

/** Everything to draw: instants in seconds, lines, and where the scale ends. */
export interface Drawing {
  view: View;
  x: readonly number[];
  lines: readonly Line[];
  top: number;
}

/** Percentiles: half, 95 % and 99 % of the checks are faster; one line where each point is a single check. */
export function percentiles(series: Series, interval: number): Drawing {
  const points = joinable(series, interval);
  const middle: Line = { name: single(points) ? w.chart.single : w.chart.p50, values: points.map(half), token: "accent", look: "line" };
  const lines: Line[] = single(points) ? [middle] : [
    { name: w.chart.p99, values: points.map((point) => point.p99_ms), token: "accent", look: "dotted" },
    { name: w.chart.p95, values: points.map(most), token: "accent", look: "thin" },
    middle,
  ];
  // One outlier may leave the picture; the readout still tells it.
  const typical = largest(points.map(most));
  return { view: "percentiles", x: middles(points, series), lines, top: niceCeiling(Math.min(largest(lines[0]?.values ?? []), typical * 1.6) * 1.06) };
}

/** Phases, each on top of those before it; the topmost comes first, because those below are drawn over it. */
export function phases(series: Series, interval: number): Drawing {
  const points = joinable(series, interval);
  const present = PHASES.filter((phase) => points.some((point) => typeof point.phases_ms?.[phase] === "number"));
  const lines = present.map((phase, index): Line => ({
    name: p.monitor.phases[phase] ?? phase,
    values: points.map((point) => sumOf(point, present.slice(0, index + 1))),
    token: `phase-${phase}`,
    look: "stack",
  }));
  lines.reverse();
  return { view: "phases", x: middles(points, series), lines, top: niceCeiling(largest(lines[0]?.values ?? []) * 1.06) };
}

/** The median of each region. */
export function regions(found: readonly { name: string; series: Series }[]): Drawing {
  const instants = [...new Set(found.flatMap(({ series }) => series.points.map((point) => middle(point, series))))].sort((a, b) => a - b);
  const lines = found.map(({ name, series }, index): Line => {
    const known = new Map(series.points.map((point) => [middle(point, series), half(point)]));
    return { name, values: instants.map((at) => known.get(at) ?? null), token: `region-${(index % 5) + 1}`, look: "line" };
  });
  return { view: "regions", x: instants, lines, top: niceCeiling(Math.max(0, ...lines.map((line) => largest(line.values))) * 1.06) };
}

/** Whether a drawing has anything in it. */
export function isEmpty(drawing: Drawing): boolean {
  return drawing.lines.every((line) => line.values.every((value) => value === null));
}

/** What one column says, in the order of the names: of stacked phases each its own time, not the sum that is drawn. */
export function columnOf(drawing: Drawing, index: number): { name: string; token: string; look: Line["look"]; ms: number | null }[] {
  const found = drawing.lines.map(({ name, token, look, values }, place) => {
    const value = values[index] ?? null;
    const below = drawing.view === "phases" ? (drawing.lines[place + 1]?.values[index] ?? 0) : 0;
    return { name, token, look, ms: value === null ? null : value - below };
  });
  // Lines that lie above each other are drawn from the top; people count from below.
  return drawing.view === "regions" ? found : found.reverse();
}

/** The points to draw: a hole that is shorter than the time between two checks is none, also one that has no end yet. */
function joinable({ points, step }: Series, interval: number): SeriesPoint[] {
  const most = Math.ceil((interval * 1.5) / step);
  const kept: SeriesPoint[] = [];
  let hole: SeriesPoint[] = [];
  const fill = () => {
    if (hole.length > most || hole.some((one) => one.failures > 0) || kept.length === 0) kept.push(...hole);
    hole = [];
  };
  for (const point of points) {
    if (half(point) === null) {
      hole.push(point);
      continue;
    }
    fill();
    kept.push(point);
  }
  fill();
  return kept;
}

function middles(points: readonly SeriesPoint[], series: Series): number[] {
  return points.map((point) => middle(point, series));
}

/** A point stands for its whole step: it is drawn in the middle of it, in seconds. */
function middle(point: SeriesPoint, { step, from, to }: Series): number {
  return Math.min(Math.max(Date.parse(point.at) + step * 500, from), to) / 1000;
}

function sumOf(point: SeriesPoint, wanted: readonly Phase[]): number | null {
  const found = point.phases_ms;
  return found ? wanted.reduce((all, phase) => all + (found[phase] ?? 0), 0) : null;
}

function largest(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => (value !== null && value > most ? value : most), 0);
}
