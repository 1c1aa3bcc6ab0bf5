/** One field of several monitors. The server judges the value, and what it refuses is told here. */
import { useEffect, useState } from "preact/hooks";
import { getChannels } from "../../api/calls";
import type { Channel, OverviewRow } from "../../api/types";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import type { Failure } from "../../domain/bulk";
import { parseDuration } from "../../domain/duration";
import { rows } from "../../state/monitors";
import { report } from "../../state/report";
import { toastProblem } from "../../state/toasts";
import { t } from "../../words";
import { w } from "../../words/monitors";
import { setFields } from "./actions";

type Kind = "seconds" | "milliseconds" | "number" | "text" | "lines" | "yesNo" | "channels" | "json";

const FIELDS: Readonly<Record<keyof typeof w.setting.fields, Kind>> = {
  interval: "seconds", timeout: "seconds", retries: "number", retry_interval: "seconds", failure_threshold: "number", success_threshold: "number",
  latency_threshold_ms: "milliseconds", reminder_interval: "seconds", channel_ids: "channels", group: "text", description: "text", runbook_url: "text",
  regions: "lines", public: "yesNo", upside_down: "yesNo", grace: "seconds", any: "json",
};
type Field = keyof typeof FIELDS;

/** Fields for which nothing is an empty text rather than null. */
const NEVER_NULL: ReadonlySet<Field> = new Set(["description"]);
const SHOWN = 4;

export function SetDialog({ picked, onClose }: { picked: readonly OverviewRow[]; onClose: () => void }) {
  const [field, setField] = useState<Field>("interval");
  const [text, setText] = useState("");
  const [channels, setChannels] = useState<readonly number[]>([]);
  const [wrong, setWrong] = useState("");
  const [refused, setRefused] = useState<readonly Failure[]>([]);
  const kind = FIELDS[field];
  const renew = () => {
    setWrong("");
    setRefused([]);
  };
  const choose = (chosen: Field) => {
    setField(chosen);
    setText(FIELDS[chosen] === "yesNo" ? "true" : "");
    renew();
  };
  const save = async () => {
    renew();
    const read = kind === "channels" ? { value: channels } : valueOf(kind, text, field);
    if ("wrong" in read) return setWrong(read.wrong);
    const set = kind === "json" ? (read.value as Record<string, unknown>) : { [field]: read.value };
    const { failed, done } = await setFields(picked, set);
    // What was told here needs no second message.
    if (failed.length === 0 && done.length > 0) onClose();
    else setRefused(failed);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void save();
  };
  return (
    <Dialog title={w.setting.title(picked.length)} onClose={onClose}>
      <form onSubmit={submit} novalidate>
        <div class="field">
          <label for="set-field">{w.setting.field}</label>
          <select id="set-field" value={field} onChange={(event) => choose(event.currentTarget.value as Field)}>
            {(Object.keys(FIELDS) as Field[]).map((one) => <option key={one} value={one}>{w.setting.fields[one]}</option>)}
          </select>
        </div>
        {kind === "channels" ? <Channels chosen={channels} onChange={setChannels} /> : <Value kind={kind} text={text} wrong={wrong} onText={(value) => { setText(value); renew(); }} />}
        <div aria-live="polite">{refused.length > 0 && <Refused failed={refused} />}</div>
        <div class="actions end">
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button primary onPress={save} busyText={w.working}>{w.setting.save}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Value({ kind, text, wrong, onText }: { kind: Kind; text: string; wrong: string; onText: (text: string) => void }) {
  const hint = kind === "yesNo" ? "" : kind === "text" ? w.setting.empty : w.setting[kind as "seconds" | "milliseconds" | "number" | "lines" | "json"];
  const same = { id: "set-value", "aria-describedby": "set-hint", "aria-invalid": wrong ? ("true" as const) : undefined, value: text };
  return (
    <div class={`field${wrong ? " wrong" : ""}`}>
      <label for="set-value">{w.setting.value}</label>
      {kind === "yesNo" ? (
        <select {...same} onChange={(event) => onText(event.currentTarget.value)}><option value="true">{w.setting.yes}</option><option value="false">{w.setting.no}</option></select>
      ) : kind === "lines" || kind === "json" ? (
        <textarea {...same} rows={4} spellcheck={false} placeholder={kind === "json" ? '{"settings": {"follow_redirects": false}}' : ""} onInput={(event) => onText(event.currentTarget.value)} />
      ) : (
        <input {...same} autocomplete="off" onInput={(event) => onText(event.currentTarget.value)} />
      )}
      <small id="set-hint" class={wrong ? "field-problem" : ""}>{wrong || hint}</small>
    </div>
  );
}

function Channels({ chosen, onChange }: { chosen: readonly number[]; onChange: (ids: readonly number[]) => void }) {
  const [channels, setChannels] = useState<readonly Channel[] | null>(null);
  useEffect(() => void getChannels().then((page) => setChannels(page.data), toastProblem), []);
  const toggle = (id: number) => onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <fieldset class="choices">
      <legend class="hidden">{w.setting.fields.channel_ids}</legend>
      {channels?.length === 0 && <p class="soft">{w.setting.noChannels}</p>}
      <ul class="tag-list">
        {(channels ?? []).map((channel) => <li key={channel.id}><label class="option"><input type="checkbox" checked={chosen.includes(channel.id)} onChange={() => toggle(channel.id)} /><span class="option-text">{channel.name}</span><span class="faint">{channel.type}</span></label></li>)}
      </ul>
      <p class="soft small">{w.setting.allDefault}</p>
    </fieldset>
  );
}

function Refused({ failed }: { failed: readonly Failure[] }) {
  const lines = failed.map(({ id, error }) => ({ id, error, name: rows.peek()?.get(id)?.name ?? `#${id}` }));
  return (
    <div class="trouble" role="alert">
      <div>
        <p>{w.setting.refused(failed.length)}</p>
        <ul class="plain">{lines.slice(0, SHOWN).map((line) => <li key={line.id}>{w.setting.refusedFor(line.error, line.name)}</li>)}</ul>
        {lines.length > SHOWN && <button type="button" class="bare link" onClick={() => (report.value = lines)}>{w.setting.andMore(lines.length - SHOWN)}</button>}
      </div>
    </div>
  );
}

function valueOf(kind: Exclude<Kind, "channels">, text: string, field: Field): { value: unknown } | { wrong: string } {
  const bare = text.trim();
  if (kind === "yesNo") return { value: bare === "true" };
  if (kind === "lines") return { value: bare.split("\n").map((line) => line.trim()).filter(Boolean) };
  if (kind === "text") return { value: bare === "" && !NEVER_NULL.has(field) ? null : bare };
  if (kind === "json") return objectIn(bare);
  if (kind === "milliseconds" && bare === "") return { value: null };
  const number = kind === "seconds" ? parseDuration(bare) : bare === "" ? NaN : Number(bare.replace(",", "."));
  if (number === null || Number.isNaN(number)) return { wrong: kind === "seconds" ? w.setting.notSeconds : w.setting.notNumber };
  return { value: number };
}

function objectIn(text: string): { value: unknown } | { wrong: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
  } catch {
    // Said below, as for any other value that is no object.
  }
  return { wrong: w.setting.jsonWrong };
}
