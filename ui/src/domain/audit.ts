/** What a row of the audit log changed, field by field, as text. */

/** One field that changed; null on the side where it was not there. */
export interface Changed {
  field: string;
  before: string | null;
  after: string | null;
}

const STARS = "********";

interface Row {
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>> | null;
}

/** The fields of a row, in the order of their names; of fields within fields only those that differ. */
export function changesOf(row: Row): Changed[] {
  const before = flat(row.before ?? {});
  const after = flat(row.after ?? {});
  const fields = [...new Set([...before.keys(), ...after.keys()])].sort();
  return fields
    .map((field) => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }))
    // A secret is stars on both sides when it changed.
    .filter((change) => change.before !== change.after || change.before === STARS);
}

/** A value as a person reads it. */
export function readable(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one))).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function flat(record: Readonly<Record<string, unknown>>, under = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(record)) {
    const path = under + name;
    if (isRecord(value) && Object.keys(value).length > 0) for (const [inner, text] of flat(value, `${path}.`)) found.set(inner, text);
    else found.set(path, readable(value));
  }
  return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
