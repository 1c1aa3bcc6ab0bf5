/** The phases of one check, each where it began: which phase took the time. */
import type { Phases } from "../api/types";
import { latency } from "../domain/format";
import { blamed, PHASES } from "../domain/phases";
import { p } from "../words/pages";

interface Props {
  phases: Phases;
  total: number | null;
  /** The class of what went wrong; the phase it speaks of is marked. */
  reason?: string | null | undefined;
}

/** Bars of the phases. */
export function Waterfall({ phases, total, reason }: Props) {
  const known = PHASES.filter((phase) => typeof phases[phase] === "number");
  if (known.length === 0) return <p class="soft small">{p.monitor.noPhases}</p>;
  const sum = known.reduce((all, phase) => all + (phases[phase] ?? 0), 0);
  const whole = Math.max(sum, total ?? 0, 0.001);
  const bad = blamed(reason, phases);
  let start = 0;
  return (
    <dl class="waterfall">
      {known.map((phase) => {
        const ms = phases[phase] ?? 0;
        const left = (start / whole) * 100;
        start += ms;
        return (
          <div key={phase} class={phase === bad ? "bad" : ""}>
            <dt>{p.monitor.phases[phase]}</dt>
            <dd class="track"><span style={{ marginLeft: `${Math.min(left, 99)}%`, width: `${Math.max((ms / whole) * 100, 0.8)}%` }} /></dd>
            <dd class="number">{latency(ms)}</dd>
          </div>
        );
      })}
      <div class="total"><dt>{p.monitor.total}</dt><dd /><dd class="number">{latency(total ?? sum)}</dd></div>
    </dl>
  );
}
