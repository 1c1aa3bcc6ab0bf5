/** Deleting with a way back, for whatever has an address of its own: it vanishes from the page at once, and from the server a little later. */
import { signal } from "@preact/signals";
import { under } from "../api/base";
import { call } from "../api/http";
import { w } from "../words/removal";
import { UNDO_MS } from "./removal";
import { dismiss, toast, toastProblem } from "./toasts";

/** The addresses of what is being deleted: pages leave these out. */
export const going = signal<ReadonlySet<string>>(new Set());

interface Waiting {
  path: string;
  done: () => void;
  timer: ReturnType<typeof setTimeout>;
  toast: number;
}

let waiting: Waiting | null = null;
let listening = false;

/** Deletes what has this address below the API, unless it is undone in time; `done` is called when it is gone. */
export function removeLater(path: string, text: string, done: () => void): void {
  listen();
  send();
  going.value = new Set([...going.peek(), path]);
  const message = toast(text, { ms: UNDO_MS, action: { label: w.undo, run: undo } });
  waiting = { path, done, timer: setTimeout(send, UNDO_MS), toast: message };
}

function undo(): void {
  const back = take();
  if (back) show(back.path);
}

function send(): void {
  const due = take();
  if (due) void call("DELETE", due.path).then(due.done).catch(toastProblem).finally(() => show(due.path));
}

/** What still waits is sent when the page goes out of sight: it may never come back. */
function listen(): void {
  if (listening) return;
  listening = true;
  const last = () => {
    const due = take();
    if (due) void fetch(under(`/api/v1${due.path}`), { method: "DELETE", keepalive: true }).then(due.done).catch(() => undefined).finally(() => show(due.path));
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") last();
  });
  addEventListener("pagehide", last);
}

function take(): Waiting | null {
  if (waiting === null) return null;
  const due = waiting;
  waiting = null;
  clearTimeout(due.timer);
  dismiss(due.toast);
  return due;
}

function show(path: string): void {
  going.value = new Set([...going.peek()].filter((one) => one !== path));
}
