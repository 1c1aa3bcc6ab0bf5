/** The filters of the audit log; they are the query of the address. */
import { useEffect, useId, useLayoutEffect, useState } from "preact/hooks";
import { startOfDay } from "../../domain/days";
import { zone } from "../../state/session";
import { w } from "../../words/settings";

const NAMES = ["actor", "entity", "action", "from", "to"] as const;
const WAIT_MS = 300;

/** What is asked of the server: days become the instants at which they begin and end in the reader's zone. */
export function queryOf(query: URLSearchParams): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const name of NAMES) {
    const value = query.get(name)?.trim();
    if (!value) continue;
    const instant = name === "from" ? startOfDay(value, 0, zone.value) : name === "to" ? startOfDay(value, 1, zone.value) : value;
    if (instant !== null) asked[name] = instant;
  }
  return asked;
}

export function AuditFilters({ query, onChange }: { query: URLSearchParams; onChange: (query: URLSearchParams) => void }) {
  const id = useId();
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === "") next.delete(name);
    else next.set(name, value);
    onChange(next);
  };
  const active = NAMES.some((name) => query.has(name));
  const { entities } = w.audit;
  return (
    <div class="filters" role="search" aria-label={w.audit.title}>
      <Actor value={query.get("actor") ?? ""} onChange={(value) => set("actor", value)} />
      <div class="filter"><label for={`${id}-entity`}>{w.audit.entity}</label>
        <select id={`${id}-entity`} value={query.get("entity") ?? ""} onChange={(event) => set("entity", event.currentTarget.value)}>
          <option value="">{w.audit.anyEntity}</option>
          {Object.entries(entities).map(([name, text]) => <option key={name} value={name}>{text}</option>)}
        </select>
      </div>
      {(["from", "to"] as const).map((name) => (
        <div key={name} class="filter"><label for={`${id}-${name}`}>{w.audit[name]}</label>
          <input id={`${id}-${name}`} type="date" value={query.get(name) ?? ""} onChange={(event) => set(name, event.currentTarget.value)} />
        </div>
      ))}
      {active && <button type="button" class="button" onClick={() => onChange(new URLSearchParams())}>{w.audit.clear}</button>}
    </div>
  );
}

/** Asks a moment after the last key, not at each of them. */
function Actor({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  const [text, setText] = useState(value);
  // What was asked for comes back as the value: a space at the end stays, since more may follow.
  useLayoutEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return <div class="filter"><label for={id}>{w.audit.actor}</label><input id={id} type="search" value={text} autocomplete="off" spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} /></div>;
}
