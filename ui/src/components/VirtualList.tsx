/** A list of which only the rows in view exist: five thousand cost as much as thirty. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { windowOf, type Window } from "../domain/window";

interface Props<T> {
  items: readonly T[];
  rowHeight: number;
  label: string;
  keyOf(item: T): string | number;
  children(item: T): ComponentChildren;
  /** Told which items are in view, whenever that changes. */
  onView?(items: readonly T[]): void;
}

/** Scrolls with the page; rows have one height, given by the style and told here. */
export function VirtualList<T>({ items, rowHeight, label, keyOf, children, onView }: Props<T>) {
  const ref = useRef<HTMLUListElement>(null);
  const [view, setView] = useState<Window>({ first: 0, last: 30 });
  useLayoutEffect(() => {
    const look = () => {
      const top = ref.current?.getBoundingClientRect().top ?? 0;
      const next = windowOf({ top, viewport: innerHeight, rowHeight, count: items.length });
      setView((old) => (old.first === next.first && old.last === next.last ? old : next));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [items.length, rowHeight]);
  const shown = items.slice(view.first, view.last);
  const keys = shown.map(keyOf).join(" ");
  useEffect(() => onView?.(shown), [keys]);
  return (
    <ul ref={ref} class="rows" aria-label={label} style={{ height: `${items.length * rowHeight}px` }}>
      {shown.map((item, index) => (
        <li key={keyOf(item)} aria-setsize={items.length} aria-posinset={view.first + index + 1} style={{ top: `${(view.first + index) * rowHeight}px`, height: `${rowHeight}px` }}>
          {children(item)}
        </li>
      ))}
    </ul>
  );
}
