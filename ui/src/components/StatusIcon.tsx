/** The shape of a state: disc, triangle, octagon, square, dashed ring. Colour repeats what the shape says. */
import type { JSX } from "preact";
import type { Status } from "../api/types";
import { tone, type Tone } from "../domain/status";
import { t } from "../words";

const SHAPES: Record<Tone, JSX.Element> = {
  up: <><circle cx="8" cy="8" r="7" fill="currentColor" /><path d="M4.9 8.3l2.1 2.1 4.1-4.5" class="mark" /></>,
  deg: <><path d="M8 1.2L15.4 14H.6z" fill="currentColor" /><path d="M8 6v4M8 11.8v.4" class="mark" /></>,
  down: <><path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" /><path d="M5.5 5.5l5 5m0-5l-5 5" class="mark" /></>,
  maint: <><rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor" /><path d="M6 5v6M10 5v6" class="mark" /></>,
  unk: <><circle cx="8" cy="8" r="6.4" class="ring" /><path d="M6.3 6.3a1.8 1.8 0 1 1 2.4 1.8c-.5.2-.7.5-.7 1M8 11.3v.1" class="stroke" /></>,
};
const PAUSED = <><circle cx="8" cy="8" r="6.4" class="ring" /><path d="M6.4 6v4M9.6 6v4" class="stroke" /></>;
const PENDING = <><circle cx="8" cy="8" r="6.4" class="ring" /><path d="M5 8h.1M8 8h.1M11 8h.1" class="stroke" /></>;

/** The shape alone; `label` names the state where no word stands beside it. */
export function StatusIcon({ status, label = false }: { status: Status; label?: boolean }) {
  const shape = status === "paused" ? PAUSED : status === "pending" ? PENDING : SHAPES[tone(status)];
  const named = label ? ({ role: "img", "aria-label": t.status[status] ?? status } as const) : ({ "aria-hidden": "true" } as const);
  return <svg class={`shape ${tone(status)}`} viewBox="0 0 16 16" {...named}>{shape}</svg>;
}

/** The shape with a text in its colour. */
export function StateText({ status, text }: { status: Status; text: string }) {
  return <span class={`state ${tone(status)}`}><StatusIcon status={status} />{text}</span>;
}
