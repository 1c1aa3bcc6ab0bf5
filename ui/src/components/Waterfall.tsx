/** The phases of one check, each where it began: which phase took the time, and whether that is usual. */
import type { Phase, Phases } from "../api/types";
import { latency } from "../domain/format";
import { blamed, PHASES } from "../domain/phases";
import { unusual, type UsualPhases } from "../domain/usual";
import { w } from "../words/monitor";
import { p } from "../words/pages";

interface Props {
  phases: Phases;
  total: number | null;
  /** The class of what went wrong; the phase it speaks of is marked. */
  reason?: string | null | undefined;
  usual?: UsualPhases;
}

/** Bars of the phases; a line marks where each usually ends. */
export function Waterfall({ phases, total, reason, usual = {} }: Props) {
  const known = PHASES.filter((phase) => typeof phases[phase] === "number");
  if (known.length === 0) return <p class="soft small">{p.monitor.noPhases}</p>;
  const sum = known.reduce((all, phase) => all + (phases[phase] ?? 0), 0);
  const bad = blamed(reason, phases);
  const odd = bad === null ? unusual(phases, usual) : null;
  const told = bad ?? odd;
  const whole = Math.max(sum, total ?? 0, 0.001, ...ends(known, phases, usual));
  let start = 0;
  return (
    <>
      <dl class="waterfall">
        {known.map((phase) => {
          const ms = phases[phase] ?? 0;
          const left = start;
          start += ms;
          return (
            <div key={phase} class={phase === bad ? "bad" : phase === odd ? "odd" : ""}>
              <dt>{p.monitor.phases[phase]}</dt>
              <dd class="track"><Bar left={left / whole} width={ms / whole} mark={usual[phase] ? (left + usual[phase].high) / whole : null} title={usualText(phase, usual)} /></dd>
              <dd class="number">{latency(ms)}</dd>
            </div>
          );
        })}
        <div class="total"><dt>{p.monitor.total}</dt><dd /><dd class="number">{latency(total ?? sum)}</dd></div>
      </dl>
      {Object.keys(usual).length > 0 && <p class="faint small usual-text">{usualSentence(told && usual[told] ? told : null, usual)}</p>}
    </>
  );
}

function Bar({ left, width, mark, title }: { left: number; width: number; mark: number | null; title: string | undefined }) {
  const at = (share: number) => `${Math.min(Math.max(share, 0) * 100, 99.2)}%`;
  return (
    <>
      <span style={{ left: at(left), width: `${Math.min(Math.max(width * 100, 0.8), 100)}%` }} title={title} />
      {mark !== null && <i style={{ left: at(mark) }} />}
    </>
  );
}

/** Where the usual lines lie, as far as they need room: one far beyond what was measured does not squeeze the rest. */
function ends(known: readonly Phase[], phases: Phases, usual: UsualPhases): number[] {
  const sum = known.reduce((all, phase) => all + (phases[phase] ?? 0), 0);
  let start = 0;
  return known.map((phase) => {
    const end = start + (usual[phase]?.high ?? 0);
    start += phases[phase] ?? 0;
    return Math.min(end, sum * 2);
  });
}

function usualText(phase: Phase, usual: UsualPhases): string | undefined {
  const range = usual[phase];
  return range && w.usual.mark(latency(range.low), latency(range.high));
}

function usualSentence(phase: Phase | null, usual: UsualPhases): string {
  const range = phase && usual[phase];
  return phase && range ? w.usual.line(p.monitor.phases[phase] ?? phase, latency(range.low), latency(range.high)) : w.usual.plain;
}
