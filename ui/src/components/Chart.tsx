/** The response time of 24 hours: half of the checks below the dark area, 95 % below the light one. */
import type { SeriesPoint } from "../api/types";
import { clock, latency } from "../domain/format";
import { p } from "../words/pages";
import { usePainting, type Sheet } from "./canvas";

/** A drawing of a series between two instants (milliseconds). */
export function Chart({ points, from, to }: { points: readonly SeriesPoint[]; from: number; to: number }) {
  const ref = usePainting((sheet) => paintChart(sheet, points, from, to), [points, from, to]);
  return <canvas ref={ref} class="chart" role="img" aria-label={describe(points)} />;
}

function describe(points: readonly SeriesPoint[]): string {
  const medians = points.flatMap((point) => point.p50_ms ?? point.avg_ms ?? []).sort((a, b) => a - b);
  const middle = medians[Math.floor(medians.length / 2)];
  return `${p.monitor.response}: ${p.monitor.median} ${latency(middle)}`;
}

function paintChart(sheet: Sheet, points: readonly SeriesPoint[], from: number, to: number): void {
  const values = points.flatMap((point) => point.p95_ms ?? point.avg_ms ?? []);
  if (values.length === 0) return;
  const top = niceCeiling(Math.max(...values) * 1.08);
  const frame = { left: 0, right: sheet.width, top: 8, bottom: sheet.height - 20 };
  const x = (at: string) => frame.left + ((Date.parse(at) - from) / (to - from)) * (frame.right - frame.left);
  const y = (value: number) => frame.bottom - (Math.min(value, top) / top) * (frame.bottom - frame.top);
  const { pen, colour } = sheet;
  pen.fillStyle = colour("accent");
  area(pen, points.map((p) => [x(p.at), p.p95_ms ?? p.avg_ms] as const), y, frame.bottom, 0.2);
  area(pen, points.map((p) => [x(p.at), p.p50_ms ?? p.avg_ms] as const), y, frame.bottom, 0.42);
  failures(sheet, points, x, frame);
  labels(sheet, top, y, frame, from, to);
}

type Frame = { left: number; right: number; top: number; bottom: number };

function area(pen: CanvasRenderingContext2D, line: readonly (readonly [number, number | null])[], y: (v: number) => number, floor: number, alpha: number): void {
  pen.globalAlpha = alpha;
  let run: [number, number][] = [];
  const close = () => {
    const first = run[0];
    const last = run[run.length - 1];
    if (first && last) {
      pen.beginPath();
      pen.moveTo(first[0], floor);
      for (const [px, py] of run) pen.lineTo(px, py);
      pen.lineTo(Math.max(last[0], first[0] + 3), floor);
      pen.fill();
    }
    run = [];
  };
  for (const [px, value] of line) {
    if (value === null) close();
    else run.push([px, y(value)]);
  }
  close();
  pen.globalAlpha = 1;
}

function failures({ pen, colour, width }: Sheet, points: readonly SeriesPoint[], x: (at: string) => number, frame: Frame): void {
  const step = Math.max(2, width / Math.max(points.length, 1));
  pen.fillStyle = colour("down-fill");
  for (const point of points) if (point.failures > 0) pen.fillRect(x(point.at) - step / 2, frame.bottom - 3, step, 3);
}

function labels({ pen, colour, width }: Sheet, top: number, y: (v: number) => number, frame: Frame, from: number, to: number): void {
  pen.font = "11px system-ui, sans-serif";
  pen.fillStyle = colour("faint");
  pen.strokeStyle = colour("line");
  for (const part of [1, 0.5]) {
    const line = Math.round(y(top * part)) + 0.5;
    pen.beginPath();
    pen.moveTo(frame.left, line);
    pen.lineTo(frame.right, line);
    pen.stroke();
    pen.fillText(latency(top * part), frame.left, line + 13);
  }
  for (const [part, align] of [[0, "left"], [0.25, "center"], [0.5, "center"], [0.75, "center"]] as const) {
    pen.textAlign = align;
    const at = from + (to - from) * part;
    pen.fillText(clock(new Date(at).toISOString(), at), width * part, frame.bottom + 15);
  }
  pen.textAlign = "right";
  pen.fillText(p.monitor.now, width, frame.bottom + 15);
  pen.textAlign = "left";
}

/** The next of 1, 2, 4, 6 or 8 times a power of ten, whose half is a round number too. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.01)));
  return ([1, 2, 4, 6, 8].find((step) => step * power >= value) ?? 10) * power;
}
