/** Which components something is about, and how visitors are told that each is. */
import { useState } from "preact/hooks";
import type { Affected as One, ComponentStatus, PublicState, StatusPage } from "../../api/status";
import { nameOf } from "../../domain/page-draft";
import { failureOf, STATES, withState } from "../../domain/post";
import { sorted } from "../../state/monitors";
import { listed } from "../../domain/format";
import { StatusIcon } from "../../components/StatusIcon";
import { w } from "../../words/posts";

/** With more than this, a search stands above them. */
const MANY = 10;

type Shown = readonly { id: number; name: string; group: string }[];

/** The components of a page: as visitors see them, else as they are configured. */
export function componentsOf(page: StatusPage, shown: PublicState["components"] | null): Shown {
  if (shown !== null) return shown;
  return page.components.flatMap((one) => (one.id === undefined ? [] : [{ id: one.id, name: nameOf(one, sorted.value), group: one.group }]));
}

/** What a component is called. */
export function componentName(id: number, page: StatusPage, shown: PublicState["components"] | null): string {
  return componentsOf(page, shown).find((one) => one.id === id)?.name ?? `#${id}`;
}

/** A word of warning to whoever says that it is over, while monitors of what it is about still fail. */
export function StillFails({ page, components, about }: { page: StatusPage; components: PublicState["components"] | null; about: readonly One[] }) {
  const names = about.filter((one) => failureOf(one.component_id, page, sorted.value) !== null).map((one) => componentName(one.component_id, page, components));
  return <p class="deg small" role="status">{names.length > 0 && <><StatusIcon status="down" /> {w.stillFails(listed(names))}</>}</p>;
}

interface Props {
  all: Shown;
  chosen: readonly One[];
  page: StatusPage;
  readOnly?: boolean;
  label: string;
  /** Only those that are chosen already; what is new is chosen elsewhere. */
  onlyChosen?: boolean;
  onChange: (chosen: readonly One[]) => void;
}

/** A box for each component, and beside a ticked one its state. */
export function AffectedPicker({ all, chosen, page, readOnly = false, label, onlyChosen, onChange }: Props) {
  const [query, setQuery] = useState("");
  // What is chosen begins as it is measured.
  const first = (id: number) => failureOf(id, page, sorted.peek()) ?? "degraded";
  const state = (id: number) => chosen.find((one) => one.component_id === id)?.status ?? null;
  const wanted = query.trim().toLowerCase();
  const there = onlyChosen ? all.filter((one) => state(one.id) !== null) : all.filter((one) => `${one.name} ${one.group}`.toLowerCase().includes(wanted));
  return (
    <fieldset class="affected wide">
      <legend>{label}</legend>
      {!onlyChosen && all.length > MANY && <input type="search" class="affected-find" aria-label={w.form.find} placeholder={w.form.find} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />}
      {all.length === 0 && <p class="soft">{w.form.noComponents}</p>}
      <ul>
        {there.map((one) => (
          <li key={one.id}>
            <label class="tick"><input type="checkbox" checked={state(one.id) !== null} disabled={readOnly} onChange={(event) => onChange(withState(chosen, one.id, event.currentTarget.checked ? first(one.id) : null))} /><span>{one.name}{one.group && <span class="faint small"> {one.group}</span>}</span></label>
            {state(one.id) !== null && (
              <select aria-label={`${one.name}: ${w.form.status}`} value={state(one.id) ?? undefined} disabled={readOnly} onChange={(event) => onChange(withState(chosen, one.id, event.currentTarget.value as ComponentStatus))}>
                {STATES.map((name) => <option key={name} value={name}>{w.states[name]}</option>)}
              </select>
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
