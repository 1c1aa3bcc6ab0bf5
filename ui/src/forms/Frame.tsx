/** The frame of a control: its label, its help, and what is wrong with it, all read out together. */
import type { ComponentChildren } from "preact";

/** What a control needs to be tied to its label, help and fault. */
export interface Ties {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

interface Props {
  id: string;
  label: string;
  help?: ComponentChildren;
  fault?: string;
  /** Takes the whole width of the form. */
  wide?: boolean;
  children: (ties: Ties) => ComponentChildren;
}

/** One control below its label. */
export function Frame({ id, label, help, fault, wide, children }: Props) {
  return (
    <div class={classOf(fault, wide)}>
      <label for={id}>{label}</label>
      {children(tiesOf(id, help, fault))}
      <Below id={id} help={help} fault={fault} />
    </div>
  );
}

/** Several controls below one label; what is wrong is told of them together. */
export function Group({ id, label, help, fault, wide, children }: Omit<Props, "children"> & { children: ComponentChildren }) {
  const { id: _, ...ties } = tiesOf(id, help, fault);
  return (
    <fieldset id={id} class={classOf(fault, wide)} tabIndex={-1} {...(ties["aria-describedby"] ? { "aria-describedby": ties["aria-describedby"] } : {})}>
      <legend>{label}</legend>
      {children}
      <Below id={id} help={help} fault={fault} />
    </fieldset>
  );
}

/** A box to tick, with its label beside it. */
export function Tick({ id, label, help, fault, checked, disabled, onChange }: Omit<Props, "children"> & { checked: boolean; disabled: boolean; onChange: (checked: boolean) => void }) {
  return (
    <div class={classOf(fault, false)}>
      <label class="tick" for={id}>
        <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onChange(event.currentTarget.checked)} {...tiesOf(id, help, fault)} />
        {label}
      </label>
      <Below id={id} help={help} fault={fault} />
    </div>
  );
}

/** What stands below a control. */
export function Below({ id, help, fault }: { id: string; help?: ComponentChildren; fault?: string | undefined }) {
  return (
    <>
      {fault && <p id={`${id}-fault`} class="field-problem">{fault}</p>}
      {help && <small id={`${id}-help`}>{help}</small>}
    </>
  );
}

/** The attributes that tie a control to what stands below it. */
export function tiesOf(id: string, help: ComponentChildren, fault: string | undefined): Ties {
  const described = [fault && `${id}-fault`, help && `${id}-help`].filter(Boolean).join(" ");
  return { id, ...(described ? { "aria-describedby": described } : {}), ...(fault ? { "aria-invalid": "true" as const } : {}) };
}

function classOf(fault: string | undefined, wide: boolean | undefined): string {
  return `field${fault ? " wrong" : ""}${wide ? " wide" : ""}`;
}
