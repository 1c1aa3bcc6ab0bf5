/** Adds a monitor: paste an address, see what asura makes of it, try it, save it. */
import { cloneElement, type VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { createMonitor, tryCheck } from "../api/calls";
import { asProblem, type Problem } from "../api/problem";
import type { CheckResult, NewMonitor } from "../api/types";
import { interval } from "../domain/format";
import { pathTo } from "../domain/routes";
import { resultText } from "../domain/sentences";
import { propose, retype, type Proposal } from "../domain/target";
import { loadRows } from "../state/monitors";
import { addressOf, go, place } from "../state/place";
import { toast } from "../state/toasts";
import { t } from "../words";
import { p } from "../words/pages";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { StateText } from "./StatusIcon";
import { Waterfall } from "./Waterfall";

const TYPES = ["http", "tcp", "dns", "icmp", "tls", "heartbeat"];
const INTERVALS = [10, 30, 60, 300, 900, 3600];
const RHYTHMS = [300, 900, 3600, 21600, 86400, 604800];

export function AddMonitor() {
  const [input, setInput] = useState("");
  const [type, setType] = useState("");
  const [name, setName] = useState<string | null>(null);
  const [every, setEvery] = useState(60);
  const [outcome, setOutcome] = useState<CheckResult | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<"" | "test" | "save">("");

  const waits = type === "heartbeat";
  const plain = waits ? null : propose(input);
  const proposal = plain && type ? retype(plain, type) : plain;
  const monitor = waits ? (input.trim() ? { name: input.trim(), type, interval: every } : null) : proposal && bodyOf(proposal, name, every);
  const choose = (chosen: string) => {
    setEvery(chosen === "heartbeat" ? 86400 : 60);
    changed(setType)(chosen);
  };
  const changed = <V,>(set: (value: V) => void) => (value: V) => {
    set(value);
    setOutcome(null);
    setProblem(null);
  };
  const run = async (what: "test" | "save", work: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setProblem(null);
    await work().catch((thrown: unknown) => setProblem(asProblem(thrown)));
    setBusy("");
  };
  const test = () => monitor && run("test", async () => setOutcome(await tryCheck(monitor)));
  const save = () => monitor && run("save", async () => {
    const made = await createMonitor(monitor);
    toast(p.add.saved(made.name));
    go(pathTo("monitor", { ref: made.id }), { replace: true });
    await loadRows();
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void save();
  };
  return (
    <Dialog title={p.add.title} onClose={closeAdd}>
      <form onSubmit={submit} novalidate>
        <Field label={waits ? p.add.job : p.add.label} problem={problem?.field(waits ? "name" : "target") ?? null} hint={waits ? p.add.jobHint : input.trim() && !proposal ? p.add.unclear : proposal ? p.add.willCheck(t.types[proposal.type] ?? proposal.type, proposal.target) : p.add.hint}>
          <input autofocus value={input} placeholder={waits ? "Nightly backup" : "https://example.com"} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => changed(setInput)(event.currentTarget.value)} />
        </Field>
        <div class="field-row">
          <Field label={p.add.type} problem={problem?.field("type") ?? null}>
            <select value={waits ? type : proposal?.type ?? "http"} onChange={(event) => choose(event.currentTarget.value)}>
              {TYPES.map((one) => <option key={one} value={one}>{t.types[one]}</option>)}
            </select>
          </Field>
          <Field label={p.add.every} problem={problem?.field("interval") ?? null}>
            <select value={every} onChange={(event) => changed(setEvery)(Number(event.currentTarget.value))}>
              {(waits ? RHYTHMS : INTERVALS).map((one) => <option key={one} value={one}>{interval(one)}</option>)}
            </select>
          </Field>
        </div>
        {!waits && <Field label={p.add.name} problem={problem?.field("name") ?? null}>
          <input value={name ?? proposal?.name ?? ""} maxLength={200} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        </Field>}
        <div aria-live="polite">
          {problem && <ProblemText problem={problem} />}
          {outcome && <Outcome result={outcome} />}
        </div>
        <div class="actions end">
          {!waits && <Button onPress={test} disabled={!monitor}>{busy === "test" ? p.add.testing : p.add.test}</Button>}
          <Button primary submit disabled={!monitor}>{busy === "save" ? p.add.saving : p.add.save}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Takes the dialog out of the address. */
export function closeAdd(): void {
  const query = new URLSearchParams(place.peek().query);
  query.delete("add");
  go(addressOf(place.peek().path, query), { replace: true });
}

function bodyOf(proposal: Proposal, name: string | null, every: number): NewMonitor {
  return { name: name?.trim() || proposal.name, type: proposal.type, target: proposal.target, interval: every };
}

/** A labelled control; what the server refused, or else the hint, is read out with it. */
function Field({ label, hint, problem, children }: { label: string; hint?: string; problem: string | null; children: VNode<object> }) {
  const id = useId();
  const below = problem ?? hint;
  const control = { id, "aria-describedby": below ? `${id}-hint` : undefined, "aria-invalid": problem ? "true" : undefined };
  return (
    <div class={`field${problem ? " wrong" : ""}`}>
      <label for={id}>{label}</label>
      {cloneElement(children, control)}
      {below && <small id={`${id}-hint`} class={problem ? "field-problem" : ""}>{below}</small>}
    </div>
  );
}

/** What the server refused and no field of this form shows. */
function ProblemText({ problem }: { problem: Problem }) {
  const shown = new Set(["target", "type", "interval", "name"]);
  const others = problem.fields.filter((field) => !shown.has(field.path));
  if (problem.fields.length > 0 && others.length === 0) return null;
  return <div class="trouble"><p>{problem.detail}{others.map((field) => <span key={field.path}> {field.path}: {field.message}</span>)}</p></div>;
}

function Outcome({ result }: { result: CheckResult }) {
  const works = result.status === "up";
  return (
    <div class="outcome">
      <p><StateText status={result.status} text={works ? p.add.works : p.add.fails} /> <span class="soft">{resultText(result)}</span></p>
      <Waterfall phases={result.phases_ms ?? {}} total={result.latency_ms} reason={works ? null : result.reason} />
    </div>
  );
}
