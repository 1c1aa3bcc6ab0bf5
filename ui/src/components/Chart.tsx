/** Response times as a drawing: half of the checks lie below the line, 95 % below the edge of the band. */
import type { Span } from "../api/types";
import { clock, latency } from "../domain/format";
import { half, most, niceCeiling, type Series } from "../domain/series";
import { p } from "../words/pages";
import { usePainting, type Sheet } from "./canvas";

/** Room for the labels of the scale. */
const GUTTER = 46;

interface Frame {
  top: number;
  bottom: number;
  x(at: number): number;
  y(ms: number): number;
}

type Corner = readonly [x: number, half: number, most: number];

/** A drawing of a series, with the times when the target was down behind it. */
export function Chart({ series, down, label, describedBy }: { series: Series; down: readonly Span[]; label: string; describedBy: string }) {
  const ref = usePainting((sheet) => paintChart(sheet, series, down), [series, down]);
  return <canvas ref={ref} class="chart" role="img" aria-label={label} aria-describedby={describedBy} />;
}

function paintChart(sheet: Sheet, series: Series, down: readonly Span[]): void {
  const { points, from, to } = series;
  const ceiling = niceCeiling(Math.max(...points.map((point) => most(point) ?? 0)) * 1.08);
  const [top, bottom] = [8, sheet.height - 20];
  const frame: Frame = {
    top, bottom,
    x: (at) => GUTTER + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (sheet.width - GUTTER),
    y: (ms) => bottom - (Math.min(ms, ceiling) / ceiling) * (bottom - top),
  };
  outages(sheet, down, frame);
  labels(sheet, ceiling, series, frame);
  for (const run of runs(series, frame)) paintRun(sheet, run);
}

/** Stretches without a gap, as corners of line and band. */
function runs({ points, step }: Series, frame: Frame): Corner[][] {
  const found: Corner[][] = [[]];
  for (const point of points) {
    const [low, high] = [half(point), most(point)];
    if (low === null || high === null) found.push([]);
    else found[found.length - 1]?.push([frame.x(Date.parse(point.at) + step * 500), frame.y(low), frame.y(high)]);
  }
  return found.filter((run) => run.length > 0);
}

function paintRun({ pen, colour }: Sheet, run: readonly Corner[]): void {
  const first = run[0];
  pen.strokeStyle = pen.fillStyle = colour("accent");
  if (run.length === 1 && first) {
    const [x, low, high] = first;
    pen.globalAlpha = 0.22;
    pen.fillRect(x - 2, high, 4, low - high);
    pen.globalAlpha = 1;
    pen.fillRect(x - 2, low - 1, 4, 2);
    return;
  }
  pen.beginPath();
  for (const [x, , high] of run) pen.lineTo(x, high);
  for (const [x, low] of [...run].reverse()) pen.lineTo(x, low);
  pen.globalAlpha = 0.22;
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineWidth = 1.6;
  pen.lineJoin = "round";
  pen.beginPath();
  for (const [x, low] of run) pen.lineTo(x, low);
  pen.stroke();
}

function outages({ pen, colour }: Sheet, down: readonly Span[], frame: Frame): void {
  pen.fillStyle = colour("down-fill");
  for (const span of down) {
    const [left, right] = [frame.x(Date.parse(span.from)), frame.x(Date.parse(span.to))];
    if (right <= left) continue;
    pen.globalAlpha = 0.16;
    pen.fillRect(left, frame.top, right - left, frame.bottom - frame.top);
    // A line below it, so that a short outage is seen and colour is not all that tells of it.
    pen.globalAlpha = 1;
    pen.fillRect(left, frame.bottom - 3, Math.max(2, right - left), 3);
  }
}

/** Three ticks on each axis: nothing, half and all; the begin, the middle and now. */
function labels({ pen, colour, width }: Sheet, ceiling: number, { from, to }: Series, frame: Frame): void {
  pen.font = "11px system-ui, sans-serif";
  pen.fillStyle = colour("faint");
  pen.strokeStyle = colour("line");
  pen.lineWidth = 1;
  pen.textAlign = "right";
  for (const value of [0, ceiling / 2, ceiling]) {
    const line = Math.round(frame.y(value)) + 0.5;
    pen.beginPath();
    pen.moveTo(GUTTER, line);
    pen.lineTo(width, line);
    pen.stroke();
    pen.fillText(value === 0 ? "0" : latency(value), GUTTER - 6, line + 4);
  }
  const middle = from + (to - from) / 2;
  const time = (at: number) => clock(new Date(at).toISOString(), to);
  const ticks = [[GUTTER, "left", time(from)], [(GUTTER + width) / 2, "center", time(middle)], [width, "right", p.monitor.now]] as const;
  for (const [x, align, text] of ticks) {
    pen.textAlign = align;
    pen.fillText(text, x, frame.bottom + 15);
  }
}
