/** What a window covers: monitors by name, and all with some tags or in some groups; and how many that are now. */
import { fieldFor } from "../../domain/field";
import { listed } from "../../domain/format";
import { coveredBy, EVERYTHING } from "../../domain/maintenance";
import { useEntry, useFormState } from "../../forms/context";
import { FieldControl, Fields } from "../../forms/FieldControl";
import { Tick } from "../../forms/Frame";
import { Chips } from "../../forms/pickers";
import { sorted } from "../../state/monitors";
import { w } from "../../words/maintenance";

const FIELDS = [fieldFor("monitor_ids", "monitors", w.monitors), fieldFor("tags", "tags", w.tags)];
const GROUPS = fieldFor("groups", "other", w.groups);

export function Covers() {
  const { draft, readOnly } = useFormState();
  const rows = coveredBy(draft, sorted.value);
  const tags = useEntry(["tags"]);
  const everything = Array.isArray(draft.tags) && draft.tags.includes(EVERYTHING);
  const growing = [draft.tags, draft.groups].some((value) => Array.isArray(value) && value.length > 0);
  return (
    <Fields fields={[]} path={[]}>
      <div class="wide"><Tick id="covers-everything" label={w.everything} checked={everything} disabled={readOnly} onChange={(on) => tags.set(on ? [EVERYTHING] : undefined)} /></div>
      {!everything && FIELDS.map((field) => <FieldControl key={field.name} field={field} path={[field.name]} />)}
      {!everything && <Groups />}
      <p class="wide covered" aria-live="polite">{rows.length > 0 ? w.covered(rows.length, listed(rows.map((row) => row.name))) : w.coveredNone}{growing && !everything && <span class="soft"> {w.coveredLater}</span>}</p>
    </Fields>
  );
}

function Groups() {
  const entry = useEntry(["groups"]);
  const chosen = Array.isArray(entry.value) ? entry.value.map(String) : [];
  const known = [...new Set(sorted.value.flatMap((row) => row.group ?? []))].filter((group) => !chosen.includes(group)).sort();
  const keep = (groups: readonly string[]) => entry.set(groups.length > 0 ? groups : undefined);
  const add = (typed: string) => {
    const found = known.find((group) => group.toLowerCase() === typed.trim().toLowerCase());
    if (found !== undefined) keep([...chosen, found]);
    return found !== undefined;
  };
  return <Chips field={GROUPS} entry={entry} chips={chosen.map((group) => ({ key: group, text: group }))} suggestions={known} hint={w.groupHint} unknown={w.unknownGroup} add={add} remove={(key) => keep(chosen.filter((one) => one !== key))} />;
}
