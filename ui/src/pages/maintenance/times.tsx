/** Controls for points in time: a date with a time of day, meant in a zone; and the zone. */
import { useState } from "preact/hooks";
import { instantOf, isZone, wallOf } from "../../domain/zoned";
import type { Entry } from "../../forms/context";
import { Frame } from "../../forms/Frame";
import { zone as chosenZone } from "../../state/session";

/** The zone in which the reader sees times. */
export function readersZone(): string {
  return chosenZone.peek() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

interface MomentProps {
  entry: Entry;
  label: string;
  zone: string;
  help?: string;
  readOnly?: boolean;
}

/** A date with a time of day. What is half typed is kept by the browser, and is nothing until it is whole. */
export function Moment({ entry, label, zone, help, readOnly = entry.readOnly }: MomentProps) {
  return (
    <Frame id={entry.id} label={label} help={help} fault={entry.fault}>
      {(ties) => <input {...ties} type="datetime-local" value={wallOf(entry.value as string | null, zone)} readOnly={readOnly} onInput={(event) => entry.set(instantOf(event.currentTarget.value, zone) ?? undefined)} />}
    </Frame>
  );
}

/** A zone by its name; times that were entered stay what the clock on the wall shows. */
export function Zone({ entry, label, help, onMove }: { entry: Entry; label: string; help?: string; onMove?: (from: string, to: string) => void }) {
  const now = typeof entry.value === "string" ? entry.value : "UTC";
  const [typed, setTyped] = useState<string | null>(null);
  const type = (text: string) => {
    setTyped(text);
    if (!isZone(text)) return;
    entry.set(text);
    onMove?.(now, text);
  };
  const leave = () => {
    if (typed !== null && !isZone(typed)) entry.set(typed || undefined);
    setTyped(null);
  };
  return (
    <Frame id={entry.id} label={label} help={help} fault={entry.fault}>
      {(ties) => (
        <>
          <input {...ties} value={typed ?? now} placeholder="UTC" list={`${entry.id}-list`} autocomplete="off" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => type(event.currentTarget.value)} onBlur={leave} />
          <datalist id={`${entry.id}-list`}>{["UTC", ...Intl.supportedValuesOf("timeZone")].map((one) => <option key={one} value={one} />)}</datalist>
        </>
      )}
    </Frame>
  );
}
