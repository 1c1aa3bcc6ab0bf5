/** What all drawings share: a sharp canvas of the size that the style gives it, in the colours of the theme. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { dark } from "../state/theme";

/** What a painter gets: the pen, in CSS pixels, and a way to ask for a colour of the theme. */
export interface Sheet {
  pen: CanvasRenderingContext2D;
  width: number;
  height: number;
  colour(token: string): string;
}

const size = signal(0);
let resizing = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => (size.value += 1));
});

const colours = new Map<string, string>();

/** A canvas that is painted anew when its inputs, the theme or the width of the window change. */
export function usePainting(paint: (sheet: Sheet) => void, inputs: readonly unknown[]) {
  const ref = useRef<HTMLCanvasElement>(null);
  const isDark = dark.value;
  const width = size.value;
  useEffect(() => {
    if (ref.current) later(ref.current, isDark, paint);
  }, [...inputs, isDark, width]);
  return ref;
}

interface Job {
  canvas: HTMLCanvasElement;
  isDark: boolean;
  paint: (sheet: Sheet) => void;
}

let jobs: Job[] = [];

/** Gathers the paintings of a moment: asking one canvas for its size after sizing another lays out the whole page anew. */
function later(canvas: HTMLCanvasElement, isDark: boolean, paint: (sheet: Sheet) => void): void {
  if (jobs.length === 0) queueMicrotask(drawAll);
  jobs.push({ canvas, isDark, paint });
}

function drawAll(): void {
  const due = jobs;
  jobs = [];
  const sizes = due.map(({ canvas }) => [canvas.clientWidth, canvas.clientHeight] as const);
  due.forEach((job, index) => draw(job, ...(sizes[index] ?? [0, 0])));
}

function draw({ canvas, isDark, paint }: Job, width: number, height: number): void {
  const pen = width > 0 && height > 0 ? canvas.getContext("2d") : null;
  if (!pen) return;
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  paint({ pen, width, height, colour: (token) => colourOf(token, isDark) });
}

/** A colour of the theme by its token. */
export function colourOf(token: string, isDark: boolean): string {
  // Asking the style for each of a thousand cells would be the slowest part of scrolling.
  const key = `${token} ${isDark}`;
  const known = colours.get(key) ?? getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
  // What a style sheet brings that is still on its way is asked for again.
  if (known !== "") colours.set(key, known);
  return known;
}
