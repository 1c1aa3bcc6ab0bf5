/** Deleting monitors with a way back: they vanish from the page at once, and from the server a little later. */
import { under } from "../api/base";
import { dropRows, leavingIds, rows } from "./monitors";
import { runBulk } from "./bulk";
import { dismiss, toast } from "./toasts";
import { w } from "../words/removal";

/** How long the way back stays open. */
export const UNDO_MS = 8_000;

interface Waiting {
  ids: readonly number[];
  timer: ReturnType<typeof setTimeout>;
  toast: number;
}

let waiting: Waiting | null = null;
let listening = false;

/** Deletes monitors after a few seconds in which it can be undone. Another deletion, or leaving the page, sends this one at once. */
export function removeMonitors(ids: readonly number[]): void {
  listen();
  send();
  const text = ids.length === 1 ? w.deletedOne(rows.peek()?.get(ids[0] ?? 0)?.name ?? "") : w.deleted(ids.length);
  leavingIds.value = new Set([...leavingIds.peek(), ...ids]);
  const message = toast(text, { ms: UNDO_MS, action: { label: w.undo, run: undo } });
  waiting = { ids, timer: setTimeout(send, UNDO_MS), toast: message };
}

/** What still waits is sent when the page goes out of sight: it may never come back. */
function listen(): void {
  if (listening) return;
  listening = true;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") sendLast();
  });
  addEventListener("pagehide", sendLast);
}

function undo(): void {
  const back = take();
  if (back) show(back);
}

/** Takes what waits out of its waiting. */
function take(): readonly number[] | null {
  if (waiting === null) return null;
  const { ids, timer, toast: message } = waiting;
  waiting = null;
  clearTimeout(timer);
  dismiss(message);
  return ids;
}

function send(): void {
  const ids = take();
  if (ids) void runBulk({ action: "delete", ids }).finally(() => show(ids));
}

/** One request that outlives the page. */
function sendLast(): void {
  const ids = take();
  if (ids === null) return;
  void fetch(under("/api/v1/monitors/bulk"), {
    method: "POST", keepalive: true, body: JSON.stringify({ ids, action: "delete" }),
    headers: { Accept: "application/json", "Content-Type": "application/json" },
  }).then((answer) => answer.ok && dropRows(ids)).catch(() => undefined).finally(() => show(ids));
}

function show(ids: readonly number[]): void {
  const next = new Set(leavingIds.peek());
  for (const id of ids) next.delete(id);
  leavingIds.value = next;
}
