/** Controls for where a monitor is checked from, and how many of these places must agree. */
import { listed } from "../domain/format";
import { consensusText, mostOf, placesOf } from "../domain/regions";
import { LOCAL } from "../domain/sentences";
import { regions } from "../state/probes";
import { w } from "../words/regions";
import { useFormState } from "./context";
import type { ControlProps } from "./FieldControl";
import { Frame } from "./Frame";
import { Chips } from "./pickers";

/** The regions that there are, those that check what lists none, and what each is called with what is amiss with it. */
function known() {
  const found = regions.value;
  const names = found.length > 0 ? found.map((one) => one.region) : [LOCAL];
  const everywhere = found.length > 0 ? placesOf(found) : names;
  const label = (region: string) => {
    const why = found.find((one) => one.region === region)?.why ?? "";
    return why === "offline" || why === "blind" ? w.form.silent[why](region) : region;
  };
  return { names, everywhere, label, asked: found.length > 0 };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Regions as chips; one that has no probe yet may be named too. */
export function Places({ field, entry }: ControlProps) {
  const { names, everywhere, label, asked } = known();
  const chosen = texts(entry.value);
  const add = (typed: string) => {
    const more = typed.split(",").map((one) => one.trim()).filter(Boolean);
    if (more.length > 0) entry.set([...new Set([...chosen, ...more])]);
    return true;
  };
  const remove = (region: string) => {
    const left = chosen.filter((one) => one !== region);
    entry.set(left.length > 0 ? left : undefined);
  };
  const missing = asked ? chosen.filter((one) => !names.includes(one)) : [];
  const help = missing.length > 0 ? w.form.missing(listed(missing)) : chosen.length === 0 && asked ? w.form.everywhere(everywhere.map(label).join(", ")) : field.help;
  return <Chips field={{ ...field, help }} entry={entry} chips={chosen.map((one) => ({ key: one, text: label(one) }))} suggestions={names.filter((one) => !chosen.includes(one))} describe={label} hint={w.form.hint} add={add} remove={remove} />;
}

/** How many of the regions must agree, as a choice among what is possible with those that check it. */
export function Agree({ field, entry }: ControlProps) {
  const { names, everywhere } = known();
  const listedHere = texts(useFormState().draft.regions);
  // What is only being typed is no place yet.
  const all = (listedHere.length > 0 ? listedHere.filter((one) => names.includes(one)) : everywhere).length;
  const value = typeof entry.value === "number" ? entry.value : null;
  const choices = all <= 1 ? [] : Array.from({ length: all }, (_, index) => index + 1);
  const textOf = (n: number) => (n === 1 && all > 1 ? w.form.any(all) : n === all ? w.form.all(all) : w.form.of(n, all));
  return (
    <Frame id={entry.id} label={field.label} help={consensusText(value ?? mostOf(all), all)} fault={entry.fault} wide>
      {(ties) => (
        <select {...ties} value={value === null ? "" : String(value)} disabled={entry.readOnly} onChange={(event) => entry.set(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))}>
          <option value="">{w.form.usual(mostOf(all), all)}</option>
          {choices.map((n) => <option key={n} value={String(n)}>{textOf(n)}</option>)}
          {value !== null && value > all && <option value={String(value)}>{w.form.tooMany(value, all)}</option>}
        </select>
      )}
    </Frame>
  );
}
