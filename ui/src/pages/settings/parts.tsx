/** What the parts of the settings are made of: sections with their reason, and lines in them. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** The head of a part. */
export function Head({ title, lead, children }: { title: string; lead: string; children?: ComponentChildren }) {
  return (
    <header class="top part-top">
      <div><h1>{title}</h1><p>{lead}</p></div>
      {children && <div class="actions">{children}</div>}
    </header>
  );
}

/** Lines that belong together, with a heading and what they are for. */
export function Section({ title, lead, aside, children, flush }: { title: string; lead?: string; aside?: ComponentChildren; children: ComponentChildren; flush?: boolean }) {
  const id = useId();
  return (
    <section class="set" aria-labelledby={id}>
      <div class="set-head"><div><h2 id={id}>{title}</h2>{lead && <p>{lead}</p>}</div>{aside}</div>
      <div class={`card${flush ? "" : " lines"}`}>{children}</div>
    </section>
  );
}

/** One setting: what it is at the left, its control or value at the right. */
export function Line({ label, help, children, control }: { label: string; help?: ComponentChildren; children: ComponentChildren; control?: string }) {
  return (
    <div class="line">
      <div class="line-name">{control ? <label for={control}>{label}</label> : <span>{label}</span>}{help && <small>{help}</small>}</div>
      <div class="line-value">{children}</div>
    </div>
  );
}

/** A choice of a few, as one control. */
export function Choice<T extends string>({ label, value, options, onChoose }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChoose: (value: T) => void }) {
  const name = useId();
  return (
    <fieldset class="segments">
      <legend class="hidden">{label}</legend>
      {options.map(([one, text]) => (
        <label key={one} class={one === value ? "on" : ""}><input type="radio" name={name} checked={one === value} onChange={() => onChoose(one)} />{text}</label>
      ))}
    </fieldset>
  );
}
