/** What can be done with one thing of a list, behind one button. */
import { useDisclosure } from "./disclosure";

interface Props {
  /** What the button is called for those who do not see it. */
  label: string;
  actions: readonly { text: string; run: () => void }[];
}

export function Menu({ label, actions }: Props) {
  const { open, setOpen, box, button, id, onKeyDown } = useDisclosure();
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
        <ul id={id} class="menu-panel card flipped menu-actions">
          {actions.map(({ text, run }) => <li key={text}><button type="button" onClick={() => choose(run)}>{text}</button></li>)}
        </ul>
      )}
    </div>
  );
}
