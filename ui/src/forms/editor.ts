/** A form that is being filled in: its draft, whether it differs, and sending it once however often that is asked. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { place, same, write, type Draft, type Path, type Spot } from "../domain/form";
import type { FormState } from "./context";
import { focusFirst } from "./Summary";

export interface Editor<Task extends string> {
  readonly form: FormState;
  readonly problem: Problem | null;
  /** What is running, or nothing. */
  readonly busy: Task | "";
  replace(draft: Draft): void;
  /** Runs one task at a time; what the server refuses is shown at its fields, the first of which gets the focus. */
  run(task: Task, work: () => Promise<void>): void;
}

interface Options {
  readonly start: Draft;
  readonly stored: Draft;
  readonly defaults: Draft;
  readonly readOnly: boolean;
  spots(draft: Draft): readonly Spot[];
}

export function useEditor<Task extends string>({ start, stored, defaults, readOnly, spots }: Options): Editor<Task> {
  const [draft, setDraft] = useState(start);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<Task | "">("");
  const running = useRef(false);
  const placed = useMemo(() => place(problem?.fields ?? [], spots(draft)), [problem, draft]);
  useEffect(() => {
    if (problem === null) return;
    // Folded parts open with the drawing that this effect follows.
    setTimeout(() => focusFirst([...placed.at.keys()]), 30);
  }, [problem]);
  const run = (task: Task, work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setBusy(task);
    setProblem(null);
    work().catch((thrown: unknown) => setProblem(asProblem(thrown))).finally(() => {
      running.current = false;
      setBusy("");
    });
  };
  const set = (path: Path, value: unknown) => setDraft((old) => write(old, path, value));
  return { form: { draft, stored, placed, readOnly, defaults, set }, problem, busy, replace: setDraft, run };
}

/** A key for one body: the same as long as the body is, so that a repeat after a lost answer happens once. */
export function useRequestKey(): (body: Draft) => string {
  const last = useRef<{ body: Draft; key: string } | null>(null);
  return (body) => {
    if (last.current === null || !same(last.current.body, body)) last.current = { body, key: randomKey() };
    return last.current.key;
  };
}

/** Also where the page is no secure context, in which randomUUID is missing. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
