/** The big chart, drawn by uPlot: lines or stacked phases, what was wrong behind them, a readout of one column. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { columnOf, type Drawing } from "../domain/chart";
import { clock, latency } from "../domain/format";
import type { Marks } from "../domain/marks";
import { zone } from "../state/session";
import { dark } from "../state/theme";
import { colourOf } from "./canvas";
import { Key } from "./PlotKey";
import { optionsOf } from "./plotOptions";

interface Props {
  drawing: Drawing;
  marks: Marks;
  /** The whole range, in milliseconds. */
  range: { from: number; to: number };
  label: string;
  /** The whole in a sentence; it gives way to the readout. */
  summary: string;
  /** Says of a column more than its times: how many checks, how many failed. */
  note(index: number): string;
  onZoom(from: number, to: number): void;
  onReset(): void;
  onKey(event: KeyboardEvent): void;
}

/** A chart that is zoomed by dragging; its keys are told to whoever draws it, Shift with an arrow reads it out. */
export function Plot(props: Props) {
  const { drawing, marks, range, label, summary } = props;
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [column, setColumn] = useState<number | null>(null);
  const isDark = dark.value;
  const shape = `${drawing.view} ${drawing.lines.map((line) => line.name).join(" ")} ${isDark} ${zone.value ?? ""}`;
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const colour = (token: string) => colourOf(token, isDark);
    const made = new uPlot(optionsOf({ width: element.clientWidth, height: element.clientHeight, colour, props: () => latest.current, onColumn: setColumn }), dataOf(drawing), element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: element.clientHeight }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData(dataOf(drawing), true);
  }, [drawing, range.from, range.to]);
  // What stands behind the lines may come later than they do.
  useEffect(() => plot.current?.redraw(false), [marks]);
  const onKey = (event: KeyboardEvent) => {
    if (event.shiftKey && plot.current && readKey(event, plot.current, drawing, column)) event.preventDefault();
    else latest.current.onKey(event);
  };
  const shown = column !== null && column < drawing.x.length ? column : null;
  return (
    <div class="plot-box">
      <Key drawing={drawing} column={shown} marks={marks} />
      <div ref={place} class="plot" role="img" tabIndex={0} aria-label={label} aria-describedby={id} onKeyDown={onKey} onBlur={() => setColumn(null)} />
      <p id={id} class={shown === null ? "plot-note" : "hidden"}>{summary}</p>
      <p class={shown === null ? "hidden" : "plot-note"} aria-live="polite">{shown !== null && <Readout drawing={drawing} index={shown} note={props.note(shown)} now={range.to} />}</p>
    </div>
  );
}

function dataOf(drawing: Drawing): uPlot.AlignedData {
  return [[...drawing.x], ...drawing.lines.map((line) => [...line.values])];
}

/** What one column says; its values stand in the key already, so they are told only to those who do not see it. */
function Readout({ drawing, index, note, now }: { drawing: Drawing; index: number; note: string; now: number }) {
  const at = new Date((drawing.x[index] ?? 0) * 1000).toISOString();
  const values = columnOf(drawing, index).filter(({ ms }) => ms !== null).map(({ name, ms }) => `${name} ${latency(ms)}`);
  return <>{clock(at, now)}<span class="hidden"> {values.join(", ")}</span> · {note}</>;
}

/** Moves the readout by one column; answers whether the key was one for it. */
function readKey(event: KeyboardEvent, plot: uPlot, { x }: Drawing, column: number | null): boolean {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined) return false;
  const index = Math.min(x.length - 1, Math.max(0, (column ?? (step > 0 ? -1 : x.length)) + step));
  plot.setCursor({ left: plot.valToPos(x[index] ?? 0, "x"), top: plot.over.clientHeight / 2 });
  return true;
}
