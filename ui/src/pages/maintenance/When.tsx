/** When a window is open: once, with the quick ways for work that begins now, or again and again. */
import { useState } from "preact/hooks";
import { interval } from "../../domain/duration";
import { kindOf } from "../../domain/maintenance";
import { writeRule } from "../../domain/rrule";
import { instantOf, wallOf } from "../../domain/zoned";
import { useEntry, useFormState } from "../../forms/context";
import { w } from "../../words/maintenance";
import { Again } from "./Again";
import { Moment, Zone } from "./times";

const QUICK = [1200, 3600, 7200];
const HOUR_MS = 3_600_000;

interface Props {
  /** For how many seconds from the moment of saving; null when the times are set by hand. */
  quick: number | null;
  onQuick: (seconds: number | null) => void;
  fresh: boolean;
}

export function When({ quick, onQuick, fresh }: Props) {
  const form = useFormState();
  const [again, setAgain] = useState(kindOf(form.draft) !== null);
  const zone = useEntry(["timezone"]);
  const [from, to] = [useEntry(["starts_at"]), useEntry(["ends_at"])];
  const name = typeof zone.value === "string" ? zone.value : "UTC";
  const choose = (recurring: boolean) => {
    setAgain(recurring);
    onQuick(null);
    const rule = writeRule({ every: "week", interval: 1, days: ["SU"], at: "02:00" });
    for (const [field, value] of Object.entries(recurring ? { rrule: rule, duration_s: 7200 } : { rrule: undefined, cron: undefined, duration_s: undefined })) form.set([field], value);
    form.set(["starts_at"], undefined);
    form.set(["ends_at"], undefined);
  };
  const byHand = () => {
    onQuick(null);
    const hour = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
    if (!from.value) from.set(new Date(hour).toISOString());
    if (!to.value) to.set(new Date(hour + HOUR_MS).toISOString());
  };
  // Another zone means other instants: what the clock on the wall shows stays as it was entered.
  const move = (before: string, after: string) => {
    for (const entry of [from, to]) if (typeof entry.value === "string") entry.set(instantOf(wallOf(entry.value, before), after) ?? undefined);
  };
  return (
    <div class="fields">
      <fieldset class="modes wide">
        <legend>{w.when}</legend>
        {[false, true].map((one) => <label key={String(one)} class="tick"><input type="radio" name="recurring" checked={again === one} disabled={form.readOnly} onChange={() => choose(one)} />{one ? w.repeat : w.once}</label>)}
      </fieldset>
      {!again && fresh && (
        <div class="wide quick" role="group" aria-label={w.quick}>
          <span>{w.quick}</span>
          {QUICK.map((seconds) => <button key={seconds} type="button" class="button" aria-pressed={quick === seconds} onClick={() => onQuick(seconds)}>{w.quickFor(interval(seconds))}</button>)}
          {quick !== null && <><span class="soft small">{w.quickOn}</span><button type="button" class="text-button" onClick={byHand}>{w.quickOff}</button></>}
        </div>
      )}
      {again && <Again zone={name} />}
      {!again && quick === null && <><Moment entry={from} label={w.from} zone={name} /><Moment entry={to} label={w.to} zone={name} /></>}
      {!again && quick !== null && from.fault + to.fault !== "" && <p class="field-problem wide">{from.fault} {to.fault}</p>}
      {(again || quick === null) && <Zone entry={zone} label={w.zone} help={again ? w.zoneHelp : ""} onMove={move} />}
    </div>
  );
}
