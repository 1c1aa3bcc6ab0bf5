/** Tags of several monitors: what all have, what some have, and what they shall have. */
import { useMemo, useState } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { compare, tally } from "../../domain/filters";
import { sorted } from "../../state/monitors";
import { t } from "../../words";
import { w } from "../../words/monitors";
import { retag } from "./actions";

/** Tags that none of them has are offered up to this number. */
const MOST = 40;

export function TagsDialog({ picked, onClose }: { picked: readonly OverviewRow[]; onClose: () => void }) {
  const had = useMemo(() => new Map(tally(picked.flatMap((row) => row.tags))), []);
  const known = useMemo(() => offered(had), []);
  const [wanted, setWanted] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [text, setText] = useState("");
  const tags = [...known, ...[...wanted.keys()].filter((tag) => !known.includes(tag))];
  const set = (tag: string, on: boolean) => setWanted(new Map(wanted).set(tag, on));
  const add = () => {
    if (text.trim()) set(text.trim(), true);
    setText("");
  };
  const save = async () => {
    const all = new Map(text.trim() ? [...wanted, [text.trim(), true] as const] : wanted);
    const of = (on: boolean) => [...all].filter(([tag, value]) => value === on && (on ? had.get(tag) !== picked.length : had.has(tag))).map(([tag]) => tag);
    await retag(picked, { add: of(true), remove: of(false) });
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  };
  return (
    <Dialog title={w.tagging.title(picked.length)} onClose={onClose}>
      <div class="field">
        <label for="new-tag">{w.tagging.add}</label>
        <input id="new-tag" value={text} maxLength={100} autocomplete="off" aria-describedby="new-tag-hint" onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} />
        <small id="new-tag-hint">{w.tagging.addHint}</small>
      </div>
      {tags.length === 0 ? <p class="soft">{w.tagging.none}</p> : <p class="soft small">{w.tagging.text}</p>}
      <ul class="tag-list">
        {tags.map((tag) => <li key={tag}><TagBox tag={tag} of={had.get(tag) ?? 0} all={picked.length} wanted={wanted.get(tag)} onChange={(on) => set(tag, on)} /></li>)}
      </ul>
      <div class="actions end">
        <Button onPress={onClose}>{t.common.cancel}</Button>
        <Button primary onPress={save} busyText={w.working}>{w.tagging.save}</Button>
      </div>
    </Dialog>
  );
}

interface BoxProps {
  tag: string;
  of: number;
  all: number;
  wanted: boolean | undefined;
  onChange(on: boolean): void;
}

function TagBox({ tag, of, all, wanted, onChange }: BoxProps) {
  const mixed = wanted === undefined && of > 0 && of < all;
  return (
    <label class="option">
      <input type="checkbox" checked={wanted ?? of === all} indeterminate={mixed} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span class="option-text">{tag}</span>{mixed && <span class="hidden">{w.tagging.some}</span>}<span class="faint">{of > 0 ? `${of}/${all}` : ""}</span>
    </label>
  );
}

/** What they have, most frequent first, and then what others have. */
function offered(had: ReadonlyMap<string, number>): string[] {
  const others = tally(sorted.peek().flatMap((row) => row.tags)).map(([tag]) => tag).filter((tag) => !had.has(tag));
  return [...had.keys(), ...others.slice(0, MOST).sort(compare)];
}
