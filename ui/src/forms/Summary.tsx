/** What the server refused, above the form: a link to each field, and whatever no field shows. */
import type { Problem } from "../api/problem";
import type { Spot } from "../domain/form";
import { t } from "../words";
import { w } from "../words/forms";
import { faultText, idOf, useFormState } from "./context";

export function Summary({ problem, spots }: { problem: Problem | null; spots: readonly Spot[] }) {
  const { placed } = useFormState();
  if (problem === null) return null;
  const named = spots.filter((spot) => placed.at.has(spot.path));
  const jump = (event: Event, path: string) => {
    event.preventDefault();
    focusField(path);
  };
  return (
    <div class="trouble problems" role="alert">
      <p>{problem.fields.length > 0 ? w.problems(problem.fields.length) : problem.detail} {problem.fields.length === 0 && problem.requestId && <small>{t.common.request(problem.requestId)}</small>}</p>
      {problem.fields.length > 0 && (
        <ul>
          {named.map((spot) => <li key={spot.path}><a class="link" href={`#${idOf(spot.path)}`} onClick={(event) => jump(event, spot.path)}>{spot.label}</a>: {(placed.at.get(spot.path) ?? []).map((error) => faultText(error, spot.path)).join(" ")}</li>)}
          {placed.rest.map((error) => <li key={error.path}>{error.path ? `${error.path}: ` : ""}{error.message}</li>)}
        </ul>
      )}
    </div>
  );
}

/** Puts the focus into the first control, from top to bottom, of some paths. */
export function focusFirst(paths: readonly string[]): void {
  const there = paths.flatMap((path) => {
    const element = document.getElementById(idOf(path));
    return element ? [{ path, element }] : [];
  });
  there.sort((a, b) => (a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  if (there[0]) focusField(there[0].path);
}

/** Puts the focus into the control of a path; into its first one where there are several. */
export function focusField(path: string): void {
  const found = document.getElementById(idOf(path));
  const within = (selector: string) => found?.querySelector<HTMLElement>(selector);
  const inside = found?.matches("input, select, textarea") ? found : within("[aria-invalid=true]") ?? within("input, select, textarea, button");
  (inside ?? found)?.focus();
  found?.scrollIntoView({ block: "center" });
}
