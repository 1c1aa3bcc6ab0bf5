/** The keys of the list: move, tick, open, edit, pause, without a mouse. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import type { ListControl } from "../../components/VirtualList";
import { pathTo } from "../../domain/routes";
import { usePageKeys } from "../../state/keyboard";
import { rows } from "../../state/monitors";
import { go } from "../../state/place";
import { pick, pickOnly } from "../../state/selection";
import { can } from "../../state/session";
import { pauseOrResume } from "./actions";
import type { Line } from "./lines";

interface Listed {
  lines: readonly Line[];
  picked: readonly OverviewRow[];
  control: RefObject<ListControl | null>;
}

/** Answers the keys for as long as the list is on screen. */
export function useListKeys({ lines, picked, control }: Listed): void {
  /** Where the reader was last, by key, for when the focus went elsewhere. */
  const last = useRef<string | null>(null);
  const here = () => {
    const key = focused() ?? last.current;
    return key === null ? -1 : lines.findIndex((line) => keyOf(line) === key);
  };
  const move = (step: number) => {
    const next = Math.max(0, Math.min(lines.length - 1, here() + step));
    const line = lines[next];
    if (!line) return;
    last.current = keyOf(line);
    control.current?.focus(next);
  };
  const current = () => {
    const line = lines[here()];
    return line?.kind === "row" ? line.row : null;
  };
  const tick = (event: KeyboardEvent) => {
    const row = current();
    if (row && can("editor")) pick(row.id, { range: event.shiftKey, order: lines.flatMap((line) => (line.kind === "row" ? line.row.id : [])) });
  };
  const pause = () => {
    const row = current();
    const some = picked.length > 0 ? picked : row ? [row] : [];
    if (some.length > 0 && can("editor")) void pauseOrResume(some);
  };
  const edit = () => {
    const row = current();
    if (row && can("editor")) go(pathTo("editMonitor", { ref: row.id }));
  };
  usePageKeys({ down: () => move(1), up: () => move(-1), select: tick, pause, edit, clear: () => pickOnly([]) });
  useArrows(move);
}

/** Arrows move within the list; elsewhere they scroll the page as ever. Down leads from the search into the list. */
function useArrows(move: (step: number) => void): void {
  const latest = useRef(move);
  latest.current = move;
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const from = event.target instanceof Element ? event.target : null;
      const fromSearch = step === 1 && from?.matches("input[type=search].main-search") === true;
      if (!fromSearch && !from?.closest(".rows")) return;
      event.preventDefault();
      latest.current(step);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function keyOf(line: Line): string {
  return line.kind === "row" ? String(line.row.id) : `group ${line.group.key}`;
}

/** The key of the line that has the focus. */
function focused(): string | null {
  const line = document.activeElement?.closest<HTMLElement>(".rows > li");
  const id = line?.querySelector<HTMLElement>("[data-id]")?.dataset.id ?? null;
  if (id !== null) return rows.peek()?.has(Number(id)) ? id : null;
  const group = line?.querySelector<HTMLElement>("[data-group]")?.dataset.group;
  return group === undefined ? null : `group ${group}`;
}
