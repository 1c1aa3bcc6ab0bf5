/** When a job is expected: again and again, or by a schedule whose next runs the server works out. */
import { useEffect, useState } from "preact/hooks";
import { getOccurrences } from "../api/editing";
import { asProblem } from "../api/problem";
import type { FieldError } from "../api/types";
import { exact } from "../domain/format";
import type { Field } from "../domain/schema";
import { w } from "../words/forms";
import { idOf, useEntry, useFormState, type Entry } from "./context";
import { FieldControl } from "./FieldControl";
import { Frame } from "./Frame";
import { shown } from "./typed";

type Mode = "every" | "cron" | "on_calendar";
const PATIENCE_MS = 350;

/** `fields` are those of all monitors; this draws interval, cron, on_calendar, timezone and grace. */
export function Schedule({ fields }: { fields: readonly Field[] }) {
  const cron = useEntry(["cron"]);
  const calendar = useEntry(["on_calendar"]);
  const zone = useEntry(["timezone"]);
  const given: Mode = shown(cron.value) ? "cron" : shown(calendar.value) ? "on_calendar" : "every";
  const [mode, setMode] = useState<Mode>(given);
  useEffect(() => {
    if (given !== "every") setMode(given);
  }, [given]);
  const field = (name: string) => fields.find((one) => one.name === name);
  const choose = (next: Mode) => {
    setMode(next);
    if (next !== "cron") cron.set(undefined);
    if (next !== "on_calendar") calendar.set(undefined);
    zone.set(next === "every" ? undefined : shown(zone.value) || Intl.DateTimeFormat().resolvedOptions().timeZone);
  };
  const lines = mode === "cron" ? cron : calendar;
  const [interval, grace, written] = [field("interval"), field("grace"), field(mode)];
  return (
    <>
      <fieldset class="modes wide">
        <legend>{w.schedule.legend}</legend>
        {(["every", "cron", "on_calendar"] as const).map((one) => (
          <label key={one} class="tick"><input type="radio" name="schedule" checked={mode === one} disabled={cron.readOnly} onChange={() => choose(one)} />{w.schedule[one === "on_calendar" ? "calendar" : one]}</label>
        ))}
      </fieldset>
      {mode === "every" && interval && <FieldControl field={interval} path={["interval"]} />}
      {mode !== "every" && written && <Written field={written} entry={lines} zone={zone} mode={mode} />}
      {grace && <FieldControl field={grace} path={["grace"]} />}
    </>
  );
}

function Written({ field, entry, zone, mode }: { field: Field; entry: Entry; zone: Entry; mode: "cron" | "on_calendar" }) {
  const text = shown(entry.value);
  const next = useNext(mode, text, shown(zone.value) || "UTC");
  const fault = (name: string) => next.faults.filter((error) => error.path === name).map((error) => error.message).join(" ");
  return (
    <>
      <Frame id={entry.id} label={field.label} help={field.help} fault={entry.fault || fault(mode)}>
        {(ties) => <textarea {...ties} class="code" rows={Math.max(2, text.split("\n").length)} value={text} placeholder={field.placeholder} spellcheck={false} autocapitalize="none" readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />}
      </Frame>
      <Frame id={zone.id} label={w.schedule.zone} fault={zone.fault || fault("timezone")}>
        {(ties) => (
          <>
            <input {...ties} value={shown(zone.value)} placeholder="UTC" list={`${idOf("timezone")}-list`} autocomplete="off" spellcheck={false} readOnly={zone.readOnly} onInput={(event) => zone.set(event.currentTarget.value || undefined)} />
            <datalist id={`${idOf("timezone")}-list`}>{["UTC", ...Intl.supportedValuesOf("timeZone")].map((one) => <option key={one} value={one} />)}</datalist>
          </>
        )}
      </Frame>
      <div class="wide next-runs" aria-live="polite">
        <h2>{w.schedule.next}{next.at && <span class="soft"> {w.schedule.zoneNote(next.zone)}</span>}</h2>
        {next.at === null && <p class="soft">{text ? (next.faults.length > 0 ? w.schedule.write : w.schedule.wait) : w.schedule.write}</p>}
        {next.at?.length === 0 && <p>{w.schedule.never}</p>}
        {next.at && <ol>{next.at.map((at) => <li key={at}><time dateTime={at}>{exact(at, next.zone)}</time></li>)}</ol>}
      </div>
    </>
  );
}

interface Next { at: readonly string[] | null; zone: string; faults: readonly FieldError[] }

/** The next runs, a moment after the last key. */
function useNext(mode: "cron" | "on_calendar", text: string, zone: string): Next {
  const [next, setNext] = useState<Next>({ at: null, zone, faults: [] });
  const { readOnly } = useFormState();
  useEffect(() => {
    if (text.trim() === "") return setNext({ at: null, zone, faults: [] });
    let current = true;
    const lines = text.split("\n");
    const timer = setTimeout(() => {
      getOccurrences({ cron: mode === "cron" ? lines : [], on_calendar: mode === "cron" ? [] : lines, timezone: zone }).then(
        (found) => current && setNext({ at: found.data, zone: found.timezone, faults: [] }),
        (thrown: unknown) => current && setNext({ at: null, zone, faults: asProblem(thrown).fields }),
      );
    }, readOnly ? 0 : PATIENCE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [mode, text, zone]);
  return next;
}
