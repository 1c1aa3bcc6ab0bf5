/** Asks before a page with unsaved changes is left: moves in the dashboard by a dialog, closing the tab by the browser's own. */
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { setGate } from "./place";

/** The move that waits for an answer, or null. */
export const leaving = signal<{ proceed(): void } | null>(null);

/** While `dirty`, leaving this page asks first. */
export function useLeaveGuard(dirty: boolean): void {
  useLayoutEffect(() => {
    if (!dirty) return undefined;
    setGate((proceed) => {
      leaving.value = { proceed };
      return true;
    });
    addEventListener("beforeunload", hold);
    return letGo;
  }, [dirty]);
}

/** Lets the page be left from now on, for what is saved in this moment. */
export function letGo(): void {
  setGate(null);
  leaving.value = null;
  removeEventListener("beforeunload", hold);
}

/** Answers the dialog: stay, or lose the changes. */
export function decide(leave: boolean): void {
  const waiting = leaving.peek();
  leaving.value = null;
  if (!leave || waiting === null) return;
  letGo();
  waiting.proceed();
}

function hold(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
