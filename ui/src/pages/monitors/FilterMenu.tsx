/** A button that opens a list of values to tick: types, tags, groups. */
import { useMemo, useState } from "preact/hooks";
import { useDisclosure } from "../../components/disclosure";
import { w } from "../../words/monitors";

interface Props {
  name: string;
  title: string;
  /** Values with how many monitors have them. */
  options: readonly (readonly [value: string, count: number])[];
  chosen: readonly string[];
  textOf(value: string): string;
  onToggle(value: string): void;
  onClear(): void;
}

/** More options than this need a way to find one. */
const MANY = 8;
const MOST = 100;
const WIDEST = 354;

export function FilterMenu({ name, title, options, chosen, textOf, onToggle, onClear }: Props) {
  const { open, setOpen, box, button, id, onKeyDown } = useDisclosure();
  const [flipped, setFlipped] = useState(false);
  const toggle = () => {
    // At the right edge of the screen the list opens to the left.
    setFlipped((box.current?.getBoundingClientRect().left ?? 0) + WIDEST > innerWidth);
    setOpen(!open);
  };
  const said = chosen.length === 0 ? name : w.chosen(name, chosen.map(textOf).join(", "));
  return (
    <div ref={box} class="menu" onKeyDown={onKeyDown}>
      <button ref={button} type="button" class={`pill${chosen.length > 0 ? " on" : ""}`} aria-expanded={open} aria-controls={open ? id : undefined} onClick={toggle}>
        {said}<svg class="caret" viewBox="0 0 10 10" aria-hidden="true"><path d="M2 3.5L5 6.5l3-3" /></svg>
      </button>
      {open && <div id={id} class={`menu-panel card${flipped ? " flipped" : ""}`} role="group" aria-label={title}><Options title={title} options={options} chosen={chosen} textOf={textOf} onToggle={onToggle} onClear={onClear} /></div>}
    </div>
  );
}

function Options({ title, options, chosen, textOf, onToggle, onClear }: Omit<Props, "name">) {
  const [q, setQ] = useState("");
  const found = useMemo(() => options.filter(([value]) => textOf(value).toLowerCase().includes(q.trim().toLowerCase())), [options, q]);
  return (
    <>
      <div class="menu-head"><span>{title}</span>{chosen.length > 0 && <button type="button" class="bare link" onClick={onClear}>{w.clearOne}</button>}</div>
      {options.length > MANY && <input class="menu-find" type="text" autofocus ref={focusOnce} placeholder={w.find} aria-label={w.find} value={q} onInput={(event) => setQ(event.currentTarget.value)} autocomplete="off" spellcheck={false} />}
      <ul>
        {found.slice(0, MOST).map(([value, count]) => (
          <li key={value}>
            <label class="option">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
              <span class="option-text">{textOf(value)}</span><span class="faint">{count}</span>
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="soft small">{w.noOption}</p>}
    </>
  );
}

const focusOnce = (input: HTMLInputElement | null) => input?.focus();
