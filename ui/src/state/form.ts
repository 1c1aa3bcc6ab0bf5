/** A small form: sends once however often it is pressed, and knows which field the server complains about. */
import { useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";

/** A form that is being filled in. */
export interface Form {
  busy: boolean;
  problem: Problem | null;
  submit(event: Event): void;
  /** What is wrong with the field of this path, for the component that shows it. */
  fault(path: string): string | null;
  /** What is wrong beside the fields that show their own faults; to be asked last. */
  rest(): string | null;
  clear(): void;
}

/** A form whose `send` throws a Problem when it fails. The first wrong field gets the focus. */
export function useForm(send: () => Promise<void>): Form {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const shown = new Set<string>();

  const submit = (event: Event) => {
    event.preventDefault();
    if (running.current) return;
    const form = event.currentTarget as HTMLElement | null;
    running.current = true;
    setBusy(true);
    send().then(() => setProblem(null), (thrown: unknown) => {
      setProblem(asProblem(thrown));
      setTimeout(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
    }).finally(() => {
      running.current = false;
      setBusy(false);
    });
  };
  const fault = (path: string) => {
    shown.add(path);
    const message = problem?.field(path) ?? null;
    return message && message.charAt(0).toUpperCase() + message.slice(1);
  };
  const rest = () => {
    if (problem === null) return null;
    const others = problem.fields.filter((field) => !shown.has(field.path));
    if (others.length > 0) return others.map((field) => `${field.path}: ${field.message}`).join(" ");
    return problem.fields.length > 0 ? null : problem.detail;
  };
  return { busy, problem, submit, fault, rest, clear: () => setProblem(null) };
}
