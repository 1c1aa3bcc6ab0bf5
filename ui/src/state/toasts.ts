/** Short messages about what was just done, each with at most one action. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { asProblem } from "../api/problem";

export interface Toast {
  id: number;
  kind: "done" | "failed";
  text: string;
  action?: { label: string; run(): void };
  /** How long it is shown; without it, long enough to be read. */
  ms?: number;
  /** How far something long has come, 0 to 1; such a message stays until it is taken away. */
  progress?: ReadonlySignal<number>;
}

/** The messages on screen, oldest first. */
export const toasts = signal<readonly Toast[]>([]);

const SHOWN_MS = 6_000;
let last = 0;

/** Shows a message for a few seconds; answers its number, to take it away sooner. */
export function toast(text: string, options: Partial<Omit<Toast, "id" | "text">> = {}): number {
  last += 1;
  const id = last;
  toasts.value = [...toasts.value.slice(-2), { id, text, kind: "done", ...options }];
  if (!options.progress) setTimeout(() => dismiss(id), options.ms ?? (options.action || options.kind === "failed" ? SHOWN_MS * 2 : SHOWN_MS));
  return id;
}

/** Shows what went wrong with something the person asked for. */
export function toastProblem(thrown: unknown): void {
  toast(asProblem(thrown).detail, { kind: "failed" });
}

/** Takes a message away. */
export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
