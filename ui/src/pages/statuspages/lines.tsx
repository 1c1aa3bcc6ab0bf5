/** The lines of the list of components: a component, or a heading; each opens for what is said about it. */
import type { ComponentChildren } from "preact";
import type { PageComponent, PageGroup } from "../../api/status";
import { membersOf, nameOf, standsFor } from "../../domain/page-draft";
import { sorted } from "../../state/monitors";
import { w } from "../../words/statusPages";
import { useFaults } from "./rows";

interface Shared {
  index: number;
  last: number;
  open: boolean;
  readOnly: boolean;
  dragged: boolean;
  onOpen: () => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  onDrag: () => void;
  onDrop: () => void;
}

interface FrameProps extends Shared {
  kind: "group" | "component";
  name: string;
  note: string;
  fault: string;
  under: boolean;
  children: ComponentChildren;
}

/** What lines have in common: the handle, the name, and the buttons. */
function Line({ index, last, open, readOnly, dragged, onOpen, onMove, onRemove, onDrag, onDrop, kind, name, note, fault, under, children }: FrameProps) {
  const over = (event: DragEvent) => event.preventDefault();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    onDrop();
  };
  const start = (event: DragEvent) => {
    event.dataTransfer?.setData("text/plain", name);
    onDrag();
  };
  const button = (part: "up" | "down", by: -1 | 1, path: string, label: string) => (
    <button id={`line-${index}-${part}`} type="button" class="close" aria-label={label} title={label} disabled={by < 0 ? index === 0 : index === last} onClick={() => onMove(by)}><svg viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg></button>
  );
  return (
    <li class={`line-item ${kind}${under ? " under" : ""}${dragged ? " dragged" : ""}${fault ? " wrong" : ""}`} onDragOver={readOnly ? undefined : over} onDrop={readOnly ? undefined : drop}>
      <div class="line-head">
        {!readOnly && <span class="handle" draggable title={w.lines.drag} aria-hidden="true" onDragStart={start}>⠿</span>}
        <button id={`line-${index}-open`} type="button" class="line-open" aria-expanded={open} title={w.lines.edit(name)} onClick={onOpen}><b>{name}</b><span class="faint small">{note}</span></button>
        {!readOnly && <>{button("up", -1, "M8 12V4M4.5 7.5L8 4l3.5 3.5", w.lines.up(name))}{button("down", 1, "M8 4v8M4.5 8.5L8 12l3.5-3.5", w.lines.down(name))}<button type="button" class="close" aria-label={w.lines.remove(name)} onClick={onRemove}>×</button></>}
      </div>
      {fault && <p class="field-problem">{fault}</p>}
      {open && <div class="line-more fields">{children}</div>}
    </li>
  );
}

interface TextProps {
  label: string;
  value: string;
  readOnly: boolean;
  placeholder?: string;
  wide?: boolean;
  onInput: (text: string) => void;
}

function Text({ label, value, readOnly, placeholder, wide, onInput }: TextProps) {
  return <label class={`field${wide ? " wide" : ""}`}><span>{label}</span><input value={value} placeholder={placeholder} autocomplete="off" readOnly={readOnly} onInput={(event) => onInput(event.currentTarget.value)} /></label>;
}

export function ComponentLine({ component, nth, under, change, ...shared }: Shared & { component: PageComponent; nth: number; under: string; change: (next: PageComponent) => void }) {
  const rows = sorted.value;
  const several = component.monitor_id === null;
  const members = several ? membersOf(component, rows) : [];
  const note = [standsFor(component, rows), several && w.lines.members(members.length)].filter(Boolean).join(" · ");
  const { readOnly } = shared;
  return (
    <Line {...shared} kind="component" name={nameOf(component, rows)} note={note} fault={useFaults("components", nth)} under={under !== ""}>
      <Text label={w.lines.name} value={component.name} placeholder={nameOf({ ...component, name: "" }, rows)} readOnly={readOnly} onInput={(name) => change({ ...component, name })} />
      <Text label={w.lines.description} value={component.description} readOnly={readOnly} onInput={(description) => change({ ...component, description })} />
      {several && (
        <label class="field"><span>{w.lines.combine}</span>
          <select value={component.combine} disabled={readOnly} onChange={(event) => change({ ...component, combine: event.currentTarget.value as PageComponent["combine"] })}>
            <option value="worst">{w.lines.combines.worst}</option><option value="weighted">{w.lines.combines.weighted}</option>
          </select>
        </label>
      )}
      {several && component.combine === "weighted" && (
        <fieldset class="field wide">
          <legend>{w.lines.weights}</legend>
          <div class="weights">{members.map((row) => <Weight key={row.id} name={row.name} value={component.weights[row.id]} readOnly={readOnly} set={(weight) => change({ ...component, weights: weighed(component.weights, row.id, weight) })} />)}</div>
          <small>{w.lines.weightsHelp}</small>
        </fieldset>
      )}
    </Line>
  );
}

function Weight({ name, value, readOnly, set }: { name: string; value: number | undefined; readOnly: boolean; set: (weight: number | null) => void }) {
  return <label><span>{name}</span><input type="number" min={0.1} step="any" value={value ?? ""} placeholder="1" readOnly={readOnly} onInput={(event) => set(Number(event.currentTarget.value) > 0 ? Number(event.currentTarget.value) : null)} /></label>;
}

function weighed(weights: Readonly<Record<string, number>>, id: number, weight: number | null): Readonly<Record<string, number>> {
  const { [id]: _, ...others } = weights;
  return weight === null ? others : { ...others, [id]: weight };
}

export function GroupLine({ group, nth, change, ...shared }: Shared & { group: PageGroup; nth: number; change: (next: PageGroup) => void }) {
  const { readOnly } = shared;
  return (
    <Line {...shared} kind="group" name={group.name} note={w.lines.heading} fault={useFaults("groups", nth)} under={false}>
      <Text label={w.lines.heading} value={group.name} readOnly={readOnly} onInput={(name) => change({ ...group, name })} />
      <Text label={w.lines.headingText} value={group.description} readOnly={readOnly} onInput={(description) => change({ ...group, description })} />
      <label class="tick"><input type="checkbox" checked={group.collapsed} disabled={readOnly} onChange={(event) => change({ ...group, collapsed: event.currentTarget.checked })} />{w.lines.collapsed}</label>
    </Line>
  );
}
