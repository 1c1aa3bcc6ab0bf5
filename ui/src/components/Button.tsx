/** Buttons and links that look like them. A button that works on something cannot be pressed twice. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { toastProblem } from "../state/toasts";

interface Props {
  children: ComponentChildren;
  onPress?: () => unknown;
  primary?: boolean;
  danger?: boolean;
  disabled?: boolean;
  submit?: boolean;
  /** What stands on it while the action runs. */
  busyText?: string;
  title?: string;
}

/** A button; when its action answers a promise, it waits for it and shows what went wrong. */
export function Button({ children, onPress, primary, danger, disabled, submit, busyText, title }: Props) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy || !onPress) return;
    const outcome = onPress();
    if (!(outcome instanceof Promise)) return;
    setBusy(true);
    await outcome.catch(toastProblem);
    setBusy(false);
  };
  const kind = primary ? " primary" : danger ? " danger" : "";
  return (
    <button type={submit ? "submit" : "button"} class={`button${kind}`} disabled={disabled} aria-disabled={busy} title={title} onClick={submit ? undefined : () => void press()}>
      {busy && busyText ? busyText : children}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({ to, children, primary }: { to: string; children: ComponentChildren; primary?: boolean }) {
  return <a class={`button${primary ? " primary" : ""}`} href={to}>{children}</a>;
}
