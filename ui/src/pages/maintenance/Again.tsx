/** How a window recurs: every week or month by choosing, or by a cron schedule or a rule of one's own; and for how long each time. */
import { useState } from "preact/hooks";
import { fieldFor } from "../../domain/field";
import { day } from "../../domain/format";
import { kindOf, nthText, weekdayName, type Kind } from "../../domain/maintenance";
import { readRule, WEEKDAYS, writeRule, type Rule, type Weekday } from "../../domain/rrule";
import { isZone } from "../../domain/zoned";
import { useEntry, useFormState, type Entry } from "../../forms/context";
import { FieldControl } from "../../forms/FieldControl";
import { Fold } from "../../forms/Fold";
import { Frame, Group } from "../../forms/Frame";
import { shown } from "../../forms/typed";
import { w } from "../../words/maintenance";
import { Moment } from "./times";

const KINDS: readonly Kind[] = ["weekly", "monthly", "cron", "rrule"];
const DURATION = fieldFor("duration_s", "duration", w.duration, { help: w.durationHelp, required: true });
const FIRST: Readonly<Record<"weekly" | "monthly", Rule>> = {
  weekly: { every: "week", interval: 1, days: ["SU"], at: "02:00" },
  monthly: { every: "month", interval: 1, nth: 1, weekday: "SU", at: "02:00" },
};

export function Again({ zone }: { zone: string }) {
  const { draft, readOnly, set } = useFormState();
  const [kind, setKind] = useState<Kind>(kindOf(draft) ?? "weekly");
  const [cron, rrule, from, to] = [useEntry(["cron"]), useEntry(["rrule"]), useEntry(["starts_at"]), useEntry(["ends_at"])];
  const rule = readRule(shown(rrule.value));
  const choose = (next: Kind) => {
    setKind(next);
    set(["cron"], next === "cron" ? "0 2 * * 0" : undefined);
    if (next === "cron") set(["rrule"], undefined);
    else if (next === "rrule") set(["rrule"], rrule.value ?? writeRule(FIRST.weekly));
    else set(["rrule"], writeRule(rule ? { ...FIRST[next], at: rule.at } : FIRST[next]));
  };
  return (
    <>
      <Frame id="recurring-kind" label={w.how}>
        {(ties) => <select {...ties} value={kind} disabled={readOnly} onChange={(event) => choose(event.currentTarget.value as Kind)}>{KINDS.map((one) => <option key={one} value={one}>{w.kinds[one]}</option>)}</select>}
      </Frame>
      {kind === "cron" && <Line entry={cron} label={w.cronLabel} help={w.cronHelp} />}
      {kind === "rrule" && <Line entry={rrule} label={w.rruleLabel} help={w.rruleHelp} />}
      {(kind === "weekly" || kind === "monthly") && rule && <Simple rule={rule} fault={rrule.fault} id={rrule.id} readOnly={readOnly} change={(next) => rrule.set(writeRule(next))} />}
      <FieldControl field={DURATION} path={["duration_s"]} />
      <div class="wide">
        <Fold title={w.bounds} digest={from.value || to.value ? bounds(from.value, to.value, zone) : w.boundsNone} paths={["starts_at", "ends_at"]} inner open={Boolean(to.value)}>
          <div class="fields"><Moment entry={from} label={w.boundsFrom} zone={zone} /><Moment entry={to} label={w.boundsTo} zone={zone} /></div>
        </Fold>
      </div>
    </>
  );
}

/** "1 Mar 2027 –". */
function bounds(from: unknown, to: unknown, zone: string): string {
  return [from, to].map((at) => (typeof at === "string" ? day(at, isZone(zone) ? zone : "UTC") : "")).join(" – ").trim();
}

function Line({ entry, label, help }: { entry: Entry; label: string; help: string }) {
  return (
    <Frame id={entry.id} label={label} help={help} fault={entry.fault}>
      {(ties) => <input {...ties} class="code" value={shown(entry.value)} autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />}
    </Frame>
  );
}

interface SimpleProps {
  rule: Rule;
  id: string;
  fault: string;
  readOnly: boolean;
  change: (rule: Rule) => void;
}

function Simple({ rule, id, fault, readOnly, change }: SimpleProps) {
  const weekly = rule.every === "week";
  const interval = (text: string) => change({ ...rule, interval: Math.min(99, Math.max(1, Math.floor(Number(text)) || 1)) });
  return (
    <>
      <Frame id="recurring-interval" label={weekly ? w.interval.weekly : w.interval.monthly}>
        {(ties) => <input {...ties} type="number" min={1} max={99} value={rule.interval} readOnly={readOnly} onInput={(event) => interval(event.currentTarget.value)} />}
      </Frame>
      {weekly ? <Days rule={rule} id={id} fault={fault} readOnly={readOnly} change={change} /> : <OfMonth rule={rule} fault={fault} readOnly={readOnly} change={change} />}
      <Frame id="recurring-at" label={w.at}>
        {(ties) => <input {...ties} type="time" value={rule.at} readOnly={readOnly} required onInput={(event) => event.currentTarget.value && change({ ...rule, at: event.currentTarget.value.slice(0, 5) })} />}
      </Frame>
    </>
  );
}

function Days({ rule, id, fault, readOnly, change }: Omit<SimpleProps, "rule"> & { rule: Extract<Rule, { every: "week" }> }) {
  const turn = (day: Weekday, box: HTMLInputElement) => {
    const days = WEEKDAYS.filter((one) => (one === day ? box.checked : rule.days.includes(one)));
    // A rule without a day is none: the last one stays.
    if (days.length > 0) change({ ...rule, days });
    else box.checked = true;
  };
  return (
    <Group id={id} label={w.days} fault={fault} wide>
      <div class="weekdays">
        {WEEKDAYS.map((day) => (
          <label key={day} class={rule.days.includes(day) ? "on" : ""} title={weekdayName(day)}>
            <input type="checkbox" aria-label={weekdayName(day)} checked={rule.days.includes(day)} disabled={readOnly} onChange={(event) => turn(day, event.currentTarget)} />{weekdayName(day, "short")}
          </label>
        ))}
      </div>
    </Group>
  );
}

function OfMonth({ rule, fault, readOnly, change }: Omit<SimpleProps, "rule" | "id"> & { rule: Extract<Rule, { every: "month" }> }) {
  const byDay = "day" in rule;
  const { interval, at } = rule;
  const choose = (day: boolean) => change(day ? { every: "month", interval, at, day: 1 } : { every: "month", interval, at, nth: 1, weekday: "SU" });
  return (
    <>
      <Frame id="recurring-on" label={w.monthlyOn} fault={fault}>
        {(ties) => <select {...ties} value={byDay ? "day" : "nth"} disabled={readOnly} onChange={(event) => choose(event.currentTarget.value === "day")}><option value="nth">{w.onNth}</option><option value="day">{w.onDay}</option></select>}
      </Frame>
      {byDay ? (
        <Frame id="recurring-day" label={w.day} help={rule.day > 28 ? w.dayHelp : ""}>
          {(ties) => <input {...ties} type="number" min={1} max={31} value={rule.day} readOnly={readOnly} onInput={(event) => change({ ...rule, day: Math.min(31, Math.max(1, Math.floor(Number(event.currentTarget.value)) || 1)) })} />}
        </Frame>
      ) : (
        <>
          <Frame id="recurring-nth" label={w.whichOne}>
            {(ties) => <select {...ties} value={rule.nth} disabled={readOnly} onChange={(event) => change({ ...rule, nth: Number(event.currentTarget.value) })}>{[1, 2, 3, 4, -1].map((nth) => <option key={nth} value={nth}>{nthText(nth)}</option>)}</select>}
          </Frame>
          <Frame id="recurring-weekday" label={w.weekday}>
            {(ties) => <select {...ties} value={rule.weekday} disabled={readOnly} onChange={(event) => change({ ...rule, weekday: event.currentTarget.value as Weekday })}>{WEEKDAYS.map((day) => <option key={day} value={day}>{weekdayName(day)}</option>)}</select>}
          </Frame>
        </>
      )}
    </>
  );
}
