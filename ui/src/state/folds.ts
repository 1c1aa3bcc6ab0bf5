/** Which groups of the list are folded; remembered on this device. */
import { signal } from "@preact/signals";

const NAME = "asura-folds";
const MOST = 500;

type Folds = Readonly<Record<string, boolean>>;

/** What was chosen for a group: folded or not; nothing for those that were left alone. */
export const folds = signal<Folds>(read());

/** Folds or unfolds some groups. */
export function fold(keys: readonly string[], folded: boolean): void {
  const entries = [...Object.entries(folds.peek()).filter(([key]) => !keys.includes(key)), ...keys.map((key) => [key, folded] as const)];
  folds.value = Object.fromEntries(entries.slice(-MOST));
  try {
    localStorage.setItem(NAME, JSON.stringify(folds.peek()));
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function read(): Folds {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    return typeof kept === "object" && kept !== null ? Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value === "boolean")) : {};
  } catch {
    return {};
  }
}
