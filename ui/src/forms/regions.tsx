/** Controls for where a monitor is checked from, and how many of these places must agree. */
import { getRegions } from "../api/probes";
import { listed } from "../domain/format";
import { consensusText, mostOf, nameOf } from "../domain/regions";
import { LOCAL } from "../domain/sentences";
import { useResource } from "../state/resource";
import { w } from "../words/regions";
import { useFormState } from "./context";
import type { ControlProps } from "./FieldControl";
import { Frame } from "./Frame";
import { Chips } from "./pickers";

/** The regions that there are; only asura's own for those who may not ask. */
function useRegions(): { known: readonly string[]; asked: boolean } {
  const found = useResource("regions", getRegions);
  return { known: found.value?.data.map((one) => one.region) ?? [LOCAL], asked: found.value !== null };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Regions as chips; one that has no probe yet may be named too. */
export function Places({ field, entry }: ControlProps) {
  const { known, asked } = useRegions();
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
  const missing = asked ? chosen.filter((one) => !known.includes(one)) : [];
  const help = missing.length > 0 ? w.form.missing(listed(missing)) : chosen.length === 0 && asked ? w.form.everywhere(known.map(nameOf).join(", ")) : field.help;
  return <Chips field={{ ...field, help }} entry={entry} chips={chosen.map((one) => ({ key: one, text: one }))} suggestions={known.filter((one) => !chosen.includes(one))} hint={w.form.hint} add={add} remove={remove} />;
}

/** How many of the regions must agree, as a choice among what is possible with those that check it. */
export function Agree({ field, entry }: ControlProps) {
  const { known } = useRegions();
  const listedHere = texts(useFormState().draft.regions);
  const all = (listedHere.length > 0 ? listedHere : known).length;
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
