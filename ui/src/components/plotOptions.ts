/** How the big chart is set up: its axes, its lines, what is painted behind and above them. */
import uPlot from "uplot";
import type { Drawing, Line } from "../domain/chart";
import { clock, latency } from "../domain/format";
import { drawnOut } from "../domain/range";
import { fitting, type Marks, type Shade } from "../domain/marks";
import { NICE_TIMES } from "../domain/series";
import { zone } from "../state/session";

interface Current {
  drawing: Drawing;
  marks: Marks;
  range: { from: number; to: number };
  onZoom(from: number, to: number): void;
  onReset(): void;
}

interface Setup {
  width: number;
  height: number;
  colour(token: string): string;
  /** What is to be drawn now: it changes more often than the chart is made. */
  props(): Current;
  onColumn(index: number | null): void;
}

const FONT = "11px system-ui, -apple-system, 'Segoe UI', sans-serif";
const DAY_S = 86_400;
/** Steps of the scale: round numbers of milliseconds, then lengths of time that people count in. */
const INCREMENTS = [...[0.001, 0.01, 0.1, 1, 10, 100, 1000].flatMap((power) => [1, 2, 5].map((n) => n * power)), 10_000, 20_000, 30_000, ...NICE_TIMES];
const FEWEST_PX = 6;
const LABEL_PX = 12;

/** The options of a chart. */
export function optionsOf(setup: Setup): uPlot.Options {
  const { width, height, colour, props, onColumn } = setup;
  const axis = { stroke: colour("faint"), font: FONT, grid: { stroke: colour("line2"), width: 1 }, ticks: { show: false } };
  return {
    width, height,
    padding: [16, 2, 0, 0],
    legend: { show: false },
    ...(zone.value ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), zone.value ?? "UTC") } : {}),
    scales: {
      x: { time: true, range: () => [props().range.from / 1000, props().range.to / 1000] },
      y: { range: () => [0, props().drawing.top] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, gap: 6, space: 84, values: (_, splits, _axis, _space, increment) => splits.map((at) => timeText(at, increment)) },
      { ...axis, size: (_, values) => Math.max(52, 12 + 6.4 * Math.max(0, ...(values ?? []).map((text) => text.length))), gap: 6, space: 36, incrs: INCREMENTS, values: (_, splits) => splits.map((ms) => (ms === 0 ? "0" : latency(ms))) },
    ],
    series: [{}, ...props().drawing.lines.map((line) => seriesOf(line, colour))],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: FEWEST_PX },
      points: { size: 7, width: 2, fill: () => colour("card") },
      bind: { dblclick: () => () => props().onReset() as unknown as null },
    },
    hooks: {
      setCursor: [(plot) => onColumn(plot.cursor.idx ?? null)],
      setSelect: [(plot) => select(plot, props())],
      drawAxes: [(plot) => props().marks.shades.forEach((one) => paintShade(plot, one, colour))],
      draw: [(plot) => paintLabels(plot, props().marks, colour)],
    },
  };
}

function seriesOf({ name, token, look }: Line, colour: (token: string) => string): uPlot.Series {
  const stroke = colour(token);
  const common = { label: name, spanGaps: false, points: { show: alone } };
  if (look === "stack") return { ...common, stroke: colour("card"), width: 1, fill: stroke, points: { show: false } };
  if (look === "thin") return { ...common, stroke: faded(stroke, 0.75), width: 1, fill: faded(stroke, 0.12) };
  if (look === "dotted") return { ...common, stroke: faded(stroke, 0.6), width: 1, dash: [2, 3] };
  return { ...common, stroke, width: 1.7, ...(token === "accent" ? { fill: faded(stroke, 0.2) } : {}) };
}

/** A point between two gaps has no line: it is shown as a dot, where there are few enough to be told apart. */
function alone(plot: uPlot, series: number): boolean {
  const values = plot.data[series] ?? [];
  return values.filter((value) => typeof value === "number").length <= 3;
}

/** A colour of the theme, so many parts opaque. */
function faded(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255).toString(16).padStart(2, "0")}`;
}

function select(plot: uPlot, { onZoom }: Current): void {
  const { left, width } = plot.select;
  if (width < FEWEST_PX) return;
  const at = (x: number) => plot.posToVal(x, "x") * 1000;
  const { from, to } = drawnOut(at(left), at(left + width));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom(from, to);
}

function timeText(seconds: number, increment: number): string {
  const at = new Date(seconds * 1000).toISOString();
  // "Now" so far away that the date always stands in front of the time; one of both is taken.
  const [date = "", time = ""] = clock(at, seconds * 1000 + 30 * DAY_S * 1000).split(", ");
  return increment >= DAY_S || time === "00:00" ? date : time;
}

/** A stretch in which something was wrong: a tint, and a bar below it so that colour is not all that tells of it. */
function paintShade(plot: uPlot, { from, to, tone }: Shade, colour: (token: string) => string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  const x = (at: number) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at / 1000, "x", true)));
  const [left, right] = [x(from), x(to)];
  const broad = Math.max(right - left, ratio);
  ctx.fillStyle = faded(colour(`${tone}-fill`), tone === "down" ? 0.16 : 0.12);
  ctx.fillRect(left, bbox.top, broad, bbox.height);
  ctx.fillStyle = colour(`${tone}-fill`);
  ctx.fillRect(left, bbox.top + bbox.height - 3 * ratio, Math.max(broad, 2 * ratio), 3 * ratio);
}

/** Names in the row above the lines: when it went down, newest first, and what was changed, beside a dashed line. */
function paintLabels(plot: uPlot, { shades, changes }: Marks, colour: (token: string) => string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.font = FONT.replace(/^11px/, `${11 * ratio}px`);
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  const names = [
    ...shades.filter((one) => one.tone === "down").map((one) => ({ at: one.from, text: one.text, token: "down", dashed: false })),
    ...changes.map((one) => ({ at: one.at, text: one.text, token: "soft", dashed: true })),
  ].sort((a, b) => a.at - b.at);
  const placed = names.map((name) => {
    const line = plot.valToPos(name.at / 1000, "x", true);
    const width = ctx.measureText(name.text).width;
    return { ...name, line, width, at: Math.min(Math.max(bbox.left, line + 3 * ratio), bbox.left + bbox.width - width) };
  });
  // The newest has the first right to room.
  const fits = fitting([...placed].reverse().map(({ at, width }) => ({ at: -at - width, width })), 8 * ratio).reverse();
  placed.forEach(({ line, at, text, token, dashed }, index) => {
    if (line < bbox.left || line > bbox.left + bbox.width) return;
    ctx.strokeStyle = ctx.fillStyle = colour(token);
    ctx.lineWidth = ratio;
    ctx.setLineDash(dashed ? [3 * ratio, 3 * ratio] : []);
    ctx.globalAlpha = dashed || fits[index] ? 1 : 0.5;
    ctx.beginPath();
    ctx.moveTo(Math.round(line) + 0.5, bbox.top - (fits[index] ? 4 * ratio : 0));
    ctx.lineTo(Math.round(line) + 0.5, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    if (fits[index]) ctx.fillText(text, at, bbox.top - (LABEL_PX - 7) * ratio);
  });
  ctx.restore();
}
