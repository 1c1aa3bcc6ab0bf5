/** One line of a small form: its label, what is wrong with it, and help. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { w } from "../words/signing";

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** What is wrong, or null. */
  fault?: string | null;
  help?: ComponentChildren;
  type?: "text" | "password" | "email" | "number" | "date";
  autocomplete?: string;
  autofocus?: boolean;
  placeholder?: string;
  list?: readonly string[];
  numeric?: boolean;
  readOnly?: boolean;
  /** What stands beside the input, inside of its frame. */
  beside?: ComponentChildren;
}

export function Input({ label, value, onInput, fault = null, help, type = "text", autocomplete = "off", autofocus, placeholder, list, numeric, readOnly, beside }: Props) {
  const id = useId();
  const described = [fault && `${id}-fault`, help && `${id}-help`].filter(Boolean).join(" ");
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    // The attribute alone counts only once a page; a dialog that is about to open looks for the mark.
    if (autofocus) input.current?.focus();
  }, []);
  // Which types may have a list is for the browser to know.
  const kind: object = { type, list: list && `${id}-list` };
  return (
    <div class={`field${fault ? " wrong" : ""}`}>
      <label for={id}>{label}</label>
      <div class={beside ? "beside" : ""}>
        <input ref={input} id={id} {...kind} value={value} autocomplete={autocomplete} data-first={autofocus} autocapitalize="none" spellcheck={false} placeholder={placeholder} readOnly={readOnly}
          inputMode={numeric ? "numeric" : undefined} aria-invalid={fault !== null} aria-describedby={described || undefined} onInput={(event) => onInput(event.currentTarget.value)} />
        {beside}
      </div>
      {list && <datalist id={`${id}-list`}>{list.map((one) => <option key={one} value={one} />)}</datalist>}
      {fault && <p id={`${id}-fault`} class="field-problem">{fault}</p>}
      {help && <div id={`${id}-help`} class="help">{help}</div>}
    </div>
  );
}

/** A password that can be looked at while it is typed. */
export function Password(props: Omit<Props, "type" | "beside">) {
  const [shown, show] = useState(false);
  return (
    <Input {...props} type={shown ? "text" : "password"} beside={(
      <button type="button" class="reveal" aria-pressed={shown} aria-label={w.showPassword} title={shown ? w.hidePassword : w.showPassword} onClick={() => show(!shown)}>
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10z" /><circle cx="10" cy="10" r="2.6" />{shown && <path d="M3.5 16.5l13-13" />}</svg>
      </button>
    )} />
  );
}

/** What is wrong with a form as a whole. */
export function Wrong({ children }: { children: string | null }) {
  return <div role="alert">{children && <p class="wrong-box">{children}</p>}</div>;
}
