/** Copies a text to the clipboard and says so; works over plain HTTP too, where browsers offer no clipboard. */
import { useEffect, useRef, useState } from "preact/hooks";
import { toast } from "../state/toasts";
import { w } from "../words/copy";

const SAID_MS = 2_000;

/** A button that copies `text`; `label` names what is copied for those who do not see it beside. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = async (event: { currentTarget: HTMLElement }) => {
    const near = event.currentTarget.closest("dialog") ?? document.body;
    if (!(await copy(text, near))) return toast(w.failed, { kind: "failed" });
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <button type="button" class={`button copy${copied ? " copied" : ""}`} onClick={(event) => void press(event)}>
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d={copied ? "M3 8.5l3.2 3.2L13 5" : "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z"} /></svg>
      <span aria-live="polite">{copied ? w.copied : w.copy}</span>
      {label && <span class="hidden"> {label}</span>}
    </button>
  );
}

/** Whether the text reached the clipboard. */
export async function copy(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, near);
  }
}

/** The old way. The text has to be selected inside an open dialog, since everything outside of it is inert. */
function copyBySelection(text: string, near: HTMLElement): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hidden";
  near.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
