/** The command palette: everything that has a name, and everything that can be done, from the keyboard. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { under } from "../api/base";
import type { Incident } from "../api/types";
import { roughly, secondsSince } from "../domain/format";
import { atFirst, found, type Choice } from "../domain/palette";
import { pathTo } from "../domain/routes";
import { incidents } from "../state/incidents";
import { paletteOpen } from "../state/keyboard";
import { sorted } from "../state/monitors";
import { past } from "../state/past";
import { go } from "../state/place";
import { toastProblem } from "../state/toasts";
import { t } from "../words";
import { w } from "../words/palette";
import { incidentName, incidentStatus } from "./IncidentCard";
import { choicesHere } from "./paletteChoices";
import { StatusIcon } from "./StatusIcon";
import "../style/palette.css";

const rowPath = (row: { id: number }) => pathTo("monitor", { ref: row.id });

export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const fixed = useMemo(choicesHere, []);
  // News does not move what somebody is about to choose; only more monitors, such as the first ones, are looked through anew.
  const known = sorted.value.length;
  const choices = useMemo(() => choicesFor(query, fixed), [query, fixed, known]);
  const chosen = Math.min(at, choices.length - 1);
  // At once: what is typed right after the shortcut belongs in here.
  useLayoutEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  const type = (text: string) => {
    setQuery(text);
    setAt(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = stepOf(event, chosen, choices.length);
    if (step !== null) {
      event.preventDefault();
      setAt(step);
      document.getElementById(`choice-${step}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const choice = choices[chosen];
      if (choice) take(choice, event.ctrlKey || event.metaKey);
    }
  };
  return (
    <dialog ref={dialog} class="dialog palette" aria-label={w.title} onCancel={close} onMouseDown={(event) => event.target === dialog.current && close()}>
      <div class="palette-body">
        <input class="palette-input" type="text" role="combobox" aria-label={w.title} aria-expanded={choices.length > 0} aria-controls="choices" aria-autocomplete="list" aria-activedescendant={choices.length > 0 ? `choice-${chosen}` : undefined}
          placeholder={w.placeholder} value={query} onInput={(event) => type(event.currentTarget.value)} onKeyDown={onKeyDown} autofocus autocomplete="off" autocapitalize="none" spellcheck={false} />
        <List choices={choices} chosen={chosen} onHover={setAt} />
        {choices.length === 0 && <p class="palette-none soft">{w.none}</p>}
        <p class="hidden" role="status">{query === "" ? "" : w.found(choices.length)}</p>
        <p class="palette-hint faint" aria-hidden="true"><span><kbd>↑</kbd> <kbd>↓</kbd> {w.hint.move}</span><span><kbd>↵</kbd> {w.hint.open}</span><span><kbd>Esc</kbd> {w.hint.close}</span></p>
      </div>
    </dialog>
  );
}

/** The choices, a group for each section. */
function List({ choices, chosen, onHover }: { choices: readonly Choice[]; chosen: number; onHover: (at: number) => void }) {
  const sections = [...new Set(choices.map((choice) => choice.section))];
  return (
    <div id="choices" class="palette-list" role="listbox" aria-label={w.title} tabIndex={-1}>
      {sections.map((section) => (
        <div key={section} role="group" aria-labelledby={`section-${section}`}>
          <p id={`section-${section}`} class="palette-section" role="presentation">{w.sections[section]}</p>
          {choices.map((choice, index) => choice.section === section && (
            <div key={choice.key} id={`choice-${index}`} class={`palette-choice${index === chosen ? " on" : ""}`} role="option" aria-selected={index === chosen} onPointerMove={() => onHover(index)} onClick={(event) => take(choice, event.ctrlKey || event.metaKey)}>
              {choice.status ? <StatusIcon status={choice.status} label /> : <svg class="palette-mark" viewBox="0 0 16 16" aria-hidden="true"><path d={choice.to !== undefined && choice.section === "pages" ? "M3 8h9M8.5 4.5L12 8l-3.5 3.5" : "M9 2L4 9h4l-1 5 5-7H8z"} /></svg>}
              <span class="palette-text">{choice.text}</span>{choice.more && <small class="faint">{choice.more}</small>}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

function choicesFor(query: string, fixed: readonly Choice[]): Choice[] {
  if (query.trim() === "") return atFirst(fixed, sorted.peek(), rowPath);
  const active = incidents.peek() ?? [];
  const known = new Set(active.map((incident) => incident.id));
  const all = [...active, ...(past.peek() ?? []).filter((incident) => !known.has(incident.id))];
  return found(query, { fixed, rows: sorted.peek(), incidents: all, pathTo: rowPath, incidentChoice });
}

function incidentChoice(incident: Incident): Choice {
  const status = incident.status === "resolved" ? "up" : incidentStatus(incident);
  const since = roughly(secondsSince(incident.started_at, Date.now()));
  return { key: `incident ${incident.id}`, section: "incidents", text: incident.title, also: incidentName(incident), more: t.common.ago(since), status, to: pathTo("incident", { ref: incident.id }) };
}

/** Where a key leads in the list; null when it does not move. */
function stepOf(event: KeyboardEvent, at: number, count: number): number | null {
  if (count === 0) return null;
  const ctrl = event.ctrlKey && !event.metaKey;
  if (event.key === "ArrowDown" || (ctrl && event.key === "n")) return (at + 1) % count;
  if (event.key === "ArrowUp" || (ctrl && event.key === "p")) return (at - 1 + count) % count;
  if (event.key === "PageDown") return Math.min(count - 1, at + 8);
  if (event.key === "PageUp") return Math.max(0, at - 8);
  return null;
}

/** Does it, after the palette is gone; with Ctrl a place opens in another tab. */
function take(choice: Choice, elsewhere: boolean): void {
  close();
  if (choice.to !== undefined && elsewhere) window.open(under(choice.to), "_blank", "noopener");
  else if (choice.to !== undefined) go(choice.to);
  else void Promise.resolve(choice.run?.()).catch(toastProblem);
}

function close(): void {
  paletteOpen.value = false;
}
