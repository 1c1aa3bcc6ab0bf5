/** What can be done with one thing of a list, behind one button. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { useDisclosure } from "./disclosure";

interface Props {
  /** What the button is called for those who do not see it. */
  label: string;
  actions: readonly { text: string; run: () => void }[];
}

/** Where the room ends: at the edge of the window, or of the bar that lies there on a phone. */
function floor(): number {
  const bar = document.querySelector(".bar")?.getBoundingClientRect();
  return bar && bar.top > innerHeight / 2 ? bar.top : innerHeight;
}

export function Menu({ label, actions }: Props) {
  const { open, setOpen, box, button, id, onKeyDown } = useDisclosure();
  const panel = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const [list, above] = [panel.current, button.current];
    if (open && list && above) list.classList.toggle("up", list.getBoundingClientRect().bottom > floor() && above.getBoundingClientRect().top > list.offsetHeight);
  }, [open]);
  const choose = (run: () => void) => {
    // A dialog that opens now gives the focus back to what had it.
    button.current?.focus();
    setOpen(false);
    run();
  };
  return (
    <div ref={box} class="menu" onKeyDown={onKeyDown}>
      <button ref={button} type="button" class="button menu-button" aria-label={label} title={label} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 8h.1M8 8h.1M12.5 8h.1" /></svg>
      </button>
      {open && (
        <ul ref={panel} id={id} class="menu-panel card flipped menu-actions">
          {actions.map(({ text, run }) => <li key={text}><button type="button" onClick={() => choose(run)}>{text}</button></li>)}
        </ul>
      )}
    </div>
  );
}
