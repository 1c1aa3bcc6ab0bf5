/** Controls that choose among what there is: tags, groups, monitors, channels. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { listChannels, type WholeChannel } from "../api/editing";
import { listed } from "../domain/format";
import { pathTo } from "../domain/routes";
import { channelType } from "../state/channelTypes";
import { rows, sorted } from "../state/monitors";
import { useResource } from "../state/resource";
import { w } from "../words/forms";
import type { ControlProps } from "./FieldControl";
import { Frame, Group } from "./Frame";

const MOST_SUGGESTED = 30;

/** Words, each a chip; Enter, a comma or leaving the input makes one of what was typed. */
export function Tags({ field, entry }: ControlProps) {
  const tags = texts(entry.value);
  const known = [...new Set(sorted.value.flatMap((row) => row.tags))].filter((tag) => !tags.includes(tag)).sort();
  const add = (typed: string) => {
    const more = typed.split(",").map((one) => one.trim()).filter(Boolean);
    if (more.length > 0) entry.set([...new Set([...tags, ...more])]);
    return true;
  };
  return <Chips field={field} entry={entry} chips={tags.map((tag) => ({ key: tag, text: tag }))} suggestions={known} hint={w.chips.tags} add={add} remove={(key) => entry.set(keep(tags.filter((tag) => tag !== key)))} />;
}

/** Other monitors, found by name. */
export function Monitors({ field, entry }: ControlProps) {
  const ids = Array.isArray(entry.value) ? entry.value.map(Number) : [];
  const others = sorted.value.filter((row) => !ids.includes(row.id));
  const add = (typed: string) => {
    const wanted = typed.trim().toLowerCase();
    const found = others.find((row) => row.name.toLowerCase() === wanted || row.slug === wanted);
    if (found) entry.set([...ids, found.id]);
    return found !== undefined;
  };
  const chips = ids.map((id) => ({ key: String(id), text: rows.value?.get(id)?.name ?? `#${id}` }));
  return <Chips field={field} entry={entry} chips={chips} suggestions={others.map((row) => row.name)} hint={w.chips.monitors} unknown={w.chips.unknown} add={add} remove={(key) => entry.set(keep(ids.filter((id) => String(id) !== key)))} />;
}

interface ChipsProps extends Pick<ControlProps, "field" | "entry"> {
  chips: readonly { key: string; text: string }[];
  suggestions: readonly string[];
  hint: string;
  /** What a suggestion is, where that is more than its name. */
  describe?: (suggestion: string) => string;
  /** Said when what was typed names nothing. */
  unknown?: string;
  /** Takes what was typed; false when it is nothing. */
  add: (typed: string) => boolean;
  remove: (key: string) => void;
}

/** What was chosen as chips, and an input that suggests more. */
export function Chips({ field, entry, chips, suggestions, hint, describe = (one) => one, unknown = "", add, remove }: ChipsProps) {
  const [text, setText] = useState("");
  const [lost, setLost] = useState(false);
  const type = (typed: string) => {
    setText(typed);
    setLost(false);
    // A suggestion that was picked arrives whole.
    if (/,\s*$/.test(typed) || suggestions.includes(typed)) settle(typed);
  };
  const settle = (typed: string) => {
    if (typed.trim() === "") return;
    const taken = add(typed);
    setLost(!taken);
    if (taken) setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    // Also with nothing left to settle: what was typed may have become a chip by itself, and Enter is not meant for the form.
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      settle(text);
    }
    const last = chips.at(-1);
    if (event.key === "Backspace" && text === "" && last) remove(last.key);
  };
  const fitting = suggestions.filter((one) => one.toLowerCase().includes(text.toLowerCase())).slice(0, MOST_SUGGESTED);
  return (
    <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault || (lost ? unknown : "")} wide>
      {(ties) => (
        <div class="chips">
          {chips.map((chip) => (
            <span key={chip.key} class="chip">{chip.text}{!entry.readOnly && <button type="button" aria-label={w.remove(chip.text)} onClick={() => remove(chip.key)}>×</button>}</span>
          ))}
          {!entry.readOnly && <input {...ties} value={text} placeholder={chips.length === 0 ? hint : ""} list={`${entry.id}-list`} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => type(event.currentTarget.value)} onKeyDown={onKey} onBlur={() => settle(text)} />}
          {entry.readOnly && chips.length === 0 && <span class="soft">{w.empty}</span>}
          <datalist id={`${entry.id}-list`}>{fitting.map((one) => <option key={one} value={one} label={describe(one)} />)}</datalist>
        </div>
      )}
    </Frame>
  );
}

/** The heading in lists: one that is there, or a new one. */
export function GroupName({ field, entry }: ControlProps) {
  const known = [...new Set(sorted.value.flatMap((row) => row.group ?? []))].sort();
  return (
    <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault}>
      {(ties) => (
        <>
          <input {...ties} value={typeof entry.value === "string" ? entry.value : ""} list={`${entry.id}-list`} autocomplete="off" readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />
          <datalist id={`${entry.id}-list`}>{known.map((one) => <option key={one} value={one} />)}</datalist>
        </>
      )}
    </Frame>
  );
}

/** Who is told: channels to tick, and what it means when none is. */
export function Channels({ field, entry }: ControlProps) {
  const resource = useResource("channels", listChannels);
  const all = resource.value?.data ?? [];
  const ids = Array.isArray(entry.value) ? entry.value.map(Number) : [];
  const turn = (id: number, on: boolean) => entry.set(keep(on ? [...ids, id] : ids.filter((one) => one !== id)));
  return (
    <Group id={entry.id} label={field.label} help={ids.length === 0 && resource.value ? meaning(all) : field.help} fault={entry.fault} wide>
      <div class="ticks">
        {all.map((channel) => (
          <label key={channel.id} class="tick">
            <input type="checkbox" checked={ids.includes(channel.id)} disabled={entry.readOnly} onChange={(event) => turn(channel.id, event.currentTarget.checked)} />
            <span>{channel.name} <span class="soft small">{noteOf(channel)}</span></span>
          </label>
        ))}
      </div>
      {resource.problem && <p class="field-problem">{resource.problem.detail}</p>}
    </Group>
  );
}

function meaning(all: readonly WholeChannel[]): ComponentChildren {
  const told = all.filter((channel) => channel.default && channel.enabled).map((channel) => channel.name);
  if (told.length > 0) return w.channels.defaults(listed(told));
  if (all.length > 0) return w.channels.noDefault;
  return <>{w.channels.none} <a class="link" href={pathTo("newChannel")}>{w.channels.add}</a></>;
}

function noteOf(channel: WholeChannel): string {
  return [channelType(channel.type), channel.default && w.channels.byDefault, !channel.enabled && w.channels.off].filter(Boolean).join(" · ");
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function keep<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length > 0 ? values : undefined;
}
