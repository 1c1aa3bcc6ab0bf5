/** A list of which only the rows in view exist: five thousand cost as much as thirty. */
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { offsetsOf, windowOf, type Window } from "../domain/window";

/** What whoever draws a list may do to it. */
export interface ListControl {
  /** Scrolls to a row and gives the focus to its link or button. */
  focus(index: number): void;
}

interface Props<T> {
  items: readonly T[];
  /** Rows have the heights that the style gives them and that are told here. */
  heightOf(item: T): number;
  label: string;
  keyOf(item: T): string | number;
  children(item: T): ComponentChildren;
  /** Told which items are in view, whenever that changes. */
  onView?(items: readonly T[]): void;
  control?: RefObject<ListControl | null>;
  /** How much of the viewport is covered at its top and bottom, in pixels, by what floats there. */
  covered?: readonly [top: number, bottom: number];
}

/** Scrolls with the page. */
export function VirtualList<T>({ items, heightOf, label, keyOf, children, onView, control, covered = [0, 0] }: Props<T>) {
  const ref = useRef<HTMLUListElement>(null);
  const offsets = useMemo(() => offsetsOf(items, heightOf), [items, heightOf]);
  const [view, setView] = useState<Window>({ first: 0, last: 30 });
  const look = () => {
    const top = ref.current?.getBoundingClientRect().top ?? 0;
    const next = windowOf({ top, viewport: innerHeight, offsets });
    setView((old) => (old.first === next.first && old.last === next.last ? old : next));
  };
  useLayoutEffect(() => {
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [offsets]);
  if (control) control.current = { focus: (index) => ref.current && reveal(ref.current, index, offsets, covered) };
  const shown = items.slice(view.first, view.last);
  const keys = shown.map(keyOf).join(" ");
  useEffect(() => onView?.(shown), [keys]);
  return (
    <ul ref={ref} class="rows" aria-label={label} style={{ height: `${offsets[items.length] ?? 0}px` }}>
      {shown.map((item, index) => {
        const at = view.first + index;
        const top = offsets[at] ?? 0;
        return (
          <li key={keyOf(item)} aria-setsize={items.length} aria-posinset={at + 1} style={{ top: `${top}px`, height: `${(offsets[at + 1] ?? top) - top}px` }}>
            {children(item)}
          </li>
        );
      })}
    </ul>
  );
}

/** Counts the rows that were asked for, so that a late one does not take the focus from the next. */
let turn = 0;

function reveal(list: HTMLElement, index: number, offsets: readonly number[], [above, below]: readonly [number, number]): void {
  const begin = list.getBoundingClientRect().top;
  const top = begin + (offsets[index] ?? 0);
  const bottom = begin + (offsets[index + 1] ?? 0);
  if (top < above) scrollBy({ top: top - above - 4, behavior: "instant" });
  else if (bottom > innerHeight - below) scrollBy({ top: bottom - innerHeight + below + 4, behavior: "instant" });
  turn += 1;
  const mine = turn;
  const focus = () => {
    const found = list.querySelector<HTMLElement>(`li[aria-posinset="${index + 1}"] :is(a, button)`);
    found?.focus({ preventScroll: true });
    return found !== null;
  };
  if (focus()) return;
  // A row that was out of sight is drawn after the scroll was noticed; by then, another one may be wanted.
  requestAnimationFrame(() => requestAnimationFrame(() => mine === turn && focus()));
}
