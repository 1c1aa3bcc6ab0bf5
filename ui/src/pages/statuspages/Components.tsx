/** The components of a page in their order, under their headings: found by search, moved by drag or by buttons. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageComponent, PageGroup } from "../../api/status";
import { candidates, linesOf, moved, nameOf, partsOf, placed, type Line } from "../../domain/page-draft";
import { useEntry } from "../../forms/context";
import { sorted } from "../../state/monitors";
import { w } from "../../words/statusPages";
import { ComponentLine, GroupLine } from "./lines";

interface Focus { index: number; part: "up" | "down" | "open" }

export function Components() {
  const [groups, components] = [useEntry(["groups"]), useEntry(["components"])];
  // Held here, because two headings may be called the same while one of them is being typed.
  const [lines, setLines] = useState(() => linesOf((groups.value as PageGroup[] | undefined) ?? [], (components.value as PageComponent[] | undefined) ?? []));
  const [open, setOpen] = useState<number | null>(null);
  const [said, say] = useState("");
  const [dragged, drag] = useState<number | null>(null);
  const focus = useRef<Focus | null>(null);
  useLayoutEffect(() => {
    const wanted = focus.current;
    focus.current = null;
    if (!wanted) return;
    const button = document.getElementById(`line-${wanted.index}-${wanted.part}`) as HTMLButtonElement | null;
    // At the end of the list a button cannot go on: its neighbour takes the focus.
    (button?.disabled ? document.getElementById(`line-${wanted.index}-${wanted.part === "up" ? "down" : "up"}`) : button)?.focus();
  }, [lines]);

  const change = (next: readonly Line[]) => {
    const parts = partsOf(next);
    setLines([...next]);
    groups.set(parts.groups.length > 0 ? parts.groups : undefined);
    components.set(parts.components.length > 0 ? parts.components : undefined);
  };
  const nameAt = (line: Line) => (line.kind === "group" ? line.group.name : nameOf(line.component, sorted.peek()));
  const move = (index: number, by: -1 | 1) => {
    const line = lines[index];
    const next = moved(lines, index, by);
    if (!line || next.index === index) return;
    setOpen(null);
    focus.current = { index: next.index, part: by < 0 ? "up" : "down" };
    change(next.lines);
    say(w.lines.moved(nameAt(line), next.index + 1, lines.length));
  };
  const drop = (to: number) => {
    if (dragged !== null && dragged !== to) change(placed(lines, dragged, to));
    drag(null);
    setOpen(null);
  };
  const remove = (index: number) => {
    const line = lines[index];
    setOpen(null);
    focus.current = { index: Math.max(0, index - 1), part: "open" };
    change(lines.filter((_, place) => place !== index));
    if (line) say(w.lines.removed(nameAt(line)));
  };
  const add = (line: Line) => {
    change([...lines, line]);
    say(w.lines.added(nameAt(line)));
    if (line.kind === "group") setOpen(lines.length);
  };
  const parts = partsOf(lines);
  const shared = (index: number) => ({
    index, last: lines.length - 1, open: open === index, readOnly: components.readOnly, dragged: dragged === index, onOpen: () => setOpen(open === index ? null : index), onMove: (by: -1 | 1) => move(index, by),
    onRemove: () => remove(index), onDrag: () => drag(index), onDrop: () => drop(index),
  });
  let [component, group] = [-1, -1];
  return (
    <div id={components.id} tabIndex={-1}>
      {lines.length === 0 && !components.readOnly && <p class="soft">{w.lines.none}</p>}
      {lines.length > 0 && (
        <ol class="line-list" aria-label={w.lines.list}>
          {lines.map((line, index) => {
            if (line.kind === "group") {
              group += 1;
              return <GroupLine key={index} {...shared(index)} group={line.group} nth={group} change={(next) => change(lines.map((old, place) => (place === index ? { kind: "group", group: next } : old)))} />;
            }
            component += 1;
            return <ComponentLine key={index} {...shared(index)} component={line.component} nth={component} under={parts.components[component]?.group ?? ""} change={(next) => change(lines.map((old, place) => (place === index ? { kind: "component", component: next } : old)))} />;
          })}
        </ol>
      )}
      {!components.readOnly && <Add on={parts.components} add={(one) => add({ kind: "component", component: one })} addGroup={() => add({ kind: "group", group: { name: newName(parts.groups), description: "", collapsed: false } })} />}
      <p class="hidden" role="status">{said}</p>
      {components.fault && parts.components.length === 0 && <p class="field-problem">{components.fault}</p>}
    </div>
  );
}

/** Searches what is not on the page yet; Enter adds the first hit. */
function Add({ on, add, addGroup }: { on: readonly PageComponent[]; add: (component: PageComponent) => void; addGroup: () => void }) {
  const [query, setQuery] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const hits = query.trim() === "" ? [] : candidates(query, sorted.value, on);
  const take = (component: PageComponent) => {
    add(component);
    setQuery("");
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || query.trim() === "") return;
    event.preventDefault();
    if (hits[0]) take(hits[0].component);
  };
  return (
    <div class="add-lines">
      <div class="field">
        <label for="add-component">{w.lines.search}</label>
        <input ref={input} id="add-component" value={query} placeholder={w.lines.searchHint} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => setQuery(event.currentTarget.value)} onKeyDown={onKey} />
      </div>
      {hits.length > 0 && (
        <ul class="hits">
          {hits.map((hit) => <li key={hit.key}><button type="button" title={w.lines.add(hit.name)} onClick={() => take(hit.component)}><b>{hit.name}</b><span class="faint small">{hit.note}</span></button></li>)}
        </ul>
      )}
      {query.trim() !== "" && hits.length === 0 && <p class="soft small" role="status">{w.lines.noHit}</p>}
      <button type="button" class="text-button" onClick={addGroup}>{w.lines.addGroup}</button>
    </div>
  );
}

function newName(groups: readonly PageGroup[]): string {
  const taken = new Set(groups.map((one) => one.name));
  let [name, n] = [w.lines.newGroup as string, 2];
  while (taken.has(name)) {
    name = `${w.lines.newGroup} ${n}`;
    n += 1;
  }
  return name;
}
