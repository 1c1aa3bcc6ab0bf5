/** A small line of latencies: is it slower than usual. */
import { usePainting, type Sheet } from "./canvas";

type Points = readonly (number | null)[];

/** The line of one row; gaps stay gaps. */
export function Sparkline({ points, label }: { points: Points | undefined; label: string }) {
  const ref = usePainting((sheet) => paintLine(sheet, points ?? []), [points]);
  return <canvas ref={ref} class="spark" role="img" aria-label={label} />;
}

function paintLine({ pen, width, height, colour }: Sheet, points: Points): void {
  const known = points.filter((point): point is number => point !== null);
  if (known.length === 0) return;
  const { low, high } = scaleOf(known);
  const x = (index: number) => 1 + (index / Math.max(1, points.length - 1)) * (width - 2);
  const y = (value: number) => 2 + (1 - (Math.min(value, high) - low) / (high - low)) * (height - 4);
  pen.strokeStyle = pen.fillStyle = colour("accent");
  pen.lineWidth = 1.4;
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  points.forEach((point, index) => {
    if (point === null) return;
    const alone = (points[index - 1] ?? null) === null && (points[index + 1] ?? null) === null;
    if (alone) pen.rect(x(index) - 0.7, y(point) - 0.7, 1.4, 1.4);
    else if ((points[index - 1] ?? null) === null) pen.moveTo(x(index), y(point));
    else pen.lineTo(x(index), y(point));
  });
  pen.stroke();
}

/** From a floor near zero to a ceiling that one outlier cannot raise without end. */
function scaleOf(known: readonly number[]): { low: number; high: number } {
  const ascending = [...known].sort((a, b) => a - b);
  const median = ascending[Math.floor(ascending.length / 2)] ?? 0;
  const most = ascending[ascending.length - 1] ?? 0;
  return { low: 0, high: Math.max(Math.min(most, median * 4), median * 1.6, 0.001) };
}
