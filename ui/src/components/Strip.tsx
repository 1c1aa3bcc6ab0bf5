/** The last 24 hours as 60 cells: when was it bad today. */
import { cells, type Cell } from "../domain/strip";
import { stripText } from "../domain/sentences";
import { t } from "../words";
import { usePainting, type Sheet } from "./canvas";

/** A strip of letters, oldest first, drawn at the size its class gives. */
export function Strip({ letters, class: name = "" }: { letters: string; class?: string }) {
  const ref = usePainting((sheet) => paintStrip(sheet, cells(letters)), [letters]);
  return <canvas ref={ref} class={`strip ${name}`} role="img" aria-label={t.overview.stripLabel(stripText(letters))} />;
}

function paintStrip({ pen, width, height, colour }: Sheet, all: readonly Cell[]): void {
  const step = width / Math.max(1, all.length);
  const ratio = pen.getTransform().a;
  // Edges fall on whole device pixels, else gaps of uneven width shimmer like cloth.
  const snap = (x: number) => Math.round(x * ratio) / ratio;
  const gap = Math.max(1 / ratio, snap(step > 5 ? 1.5 : 0.8));
  all.forEach((cell, index) => {
    const left = snap(index * step);
    const right = snap((index + 1) * step) - gap;
    const top = snap(height * (1 - cell.height));
    pen.fillStyle = colour(cell.tone === "none" ? "none" : `${cell.tone}-fill`);
    if (cell.hatched) hatch(pen, left, top, right - left, height - top);
    else pen.fillRect(left, top, right - left, height - top);
  });
}

function hatch(pen: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  for (let offset = 0; offset < height; offset += 3) pen.fillRect(x, y + offset, width, Math.min(1.6, height - offset));
}
