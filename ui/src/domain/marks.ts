/** What stands behind a chart: stretches in which something was wrong, and instants at which something was changed. */
import type { Change, Span } from "../api/types";
import { t } from "../words";
import { w } from "../words/monitor";
import { clock } from "./format";
import { tone, type Tone } from "./status";

/** A shaded stretch, in milliseconds. */
export interface Shade {
  from: number;
  to: number;
  tone: Tone;
  text: string;
}

/** An instant with a name. */
export interface Mark {
  at: number;
  text: string;
}

export interface Marks {
  shades: readonly Shade[];
  changes: readonly Mark[];
}

const SHADED = new Set(["down", "unreachable", "degraded", "maintenance", "unknown", "paused"]);

/** The marks inside a range. */
export function marksOf(spans: readonly Span[], changes: readonly Change[], { from, to }: { from: number; to: number }): Marks {
  return { shades: spans.filter((span) => SHADED.has(span.status)).map((span) => shade(span, to)).filter((one) => one.to > from && one.from < to), changes: changes.map(mark).filter(({ at }) => at >= from && at <= to) };
}

function shade(span: Span, now: number): Shade {
  const word = t.statusShort[span.status] ?? span.status;
  return { from: Date.parse(span.from), to: span.to ? Date.parse(span.to) : now, tone: tone(span.status), text: w.chart.since(clock(span.from, now), word) };
}

function mark(change: Change): Mark {
  return { at: Date.parse(change.at), text: changeText(change) };
}

/** What was changed, in a few words: "interval changed", "interval and 2 more changed". */
export function changeText({ action, fields }: Change): string {
  const [first, ...rest] = fields;
  if (first === undefined) return (w.chart.actions as Record<string, string>)[action.replace(/^.*\./, "")] ?? action.replace(/[._]/g, " ");
  const name = (w.fields as Record<string, string>)[first] ?? first.replace(/_/g, " ");
  return rest.length > 0 ? w.chart.changedMany(name, rest.length) : w.chart.changed(name);
}

/** Which labels of a row have room: each that does not touch the one before it. Places in pixels. */
export function fitting(labels: readonly { at: number; width: number }[], gap = 8): boolean[] {
  let end = -Infinity;
  return labels.map(({ at, width }) => {
    if (at < end + gap) return false;
    end = at + width;
    return true;
  });
}
