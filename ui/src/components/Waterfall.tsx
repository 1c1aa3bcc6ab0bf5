/** The phases of one check, each where it began: which phase took the time. */
import type { Phase, Phases } from "../api/types";
import { latency } from "../domain/format";
import { p } from "../words/pages";

const ORDER: readonly Phase[] = ["dns", "connect", "tls", "ttfb", "transfer"];

/** Bars of the phases; `failed` marks the last one that began. */
export function Waterfall({ phases, total, failed }: { phases: Phases; total: number | null; failed: boolean }) {
  const known = ORDER.filter((phase) => typeof phases[phase] === "number");
  if (known.length === 0) return <p class="soft small">{p.monitor.noPhases}</p>;
  const sum = known.reduce((all, phase) => all + (phases[phase] ?? 0), 0);
  const whole = Math.max(sum, total ?? 0, 0.001);
  let start = 0;
  return (
    <dl class="waterfall">
      {known.map((phase, index) => {
        const ms = phases[phase] ?? 0;
        const left = (start / whole) * 100;
        start += ms;
        const bad = failed && index === known.length - 1;
        return (
          <div key={phase} class={bad ? "bad" : ""}>
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
