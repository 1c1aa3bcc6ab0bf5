/** Ninety days as bars: can I trust it. Each tells its date and its uptime, and leads to its timeline. */
import { useRef, useState } from "preact/hooks";
import { getDays } from "../../api/calls";
import type { Day, Monitor } from "../../api/types";
import { Card, Trouble } from "../../components/Panel";
import { dateText, dayBar, daysRatio, daysText, dayText } from "../../domain/dayBars";
import { percent } from "../../domain/format";
import { pathTo } from "../../domain/routes";
import { narrow } from "../../state/screen";
import { place } from "../../state/place";
import { useResource } from "../../state/resource";
import { zone } from "../../state/session";
import { w } from "../../words/monitor";

const DAYS = 90;
/** What a phone has room for. */
const FEW = 45;

export function DayBars({ monitor, version }: { monitor: Monitor; version: string }) {
  const name = zone.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const days = useResource(`days ${monitor.id} ${name}`, () => getDays(monitor.id, { days: DAYS, zone: name }), `${version} ${monitor.since}`);
  const shown = (days.value?.data ?? []).slice(narrow.value ? -FEW : -DAYS);
  return (
    <Card title={w.days.title(narrow.value ? FEW : DAYS)} aside={shown.length > 0 && <span class="soft small">{w.days.ratio(percent(daysRatio(shown)))}</span>}>
      <Trouble problem={days.problem} retry={days.reload} />
      {days.value === null ? <div class="days-room" aria-busy="true" /> : <Bars days={shown} path={pathTo("monitor", { ref: monitor.id })} />}
    </Card>
  );
}

/** One stop of the tab key; within it the arrow keys go from day to day. */
function Bars({ days, path }: { days: readonly Day[]; path: string }) {
  const group = useRef<HTMLDivElement>(null);
  const [told, tell] = useState<number | null>(null);
  const [stop, setStop] = useState(days.length - 1);
  const focus = (index: number) => {
    const next = Math.min(days.length - 1, Math.max(0, index));
    setStop(next);
    group.current?.querySelectorAll("a")[next]?.focus();
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: days.length - 1, PageUp: index - 7, PageDown: index + 7 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    focus(to);
  };
  const current = Math.min(stop, days.length - 1);
  return (
    <>
      <div ref={group} class="days" role="group" aria-label={w.days.label(days.length)} aria-describedby="days-hint" onMouseLeave={() => tell(null)} onFocusOut={() => tell(null)}>
        {days.map((day, index) => (
          <a key={day.date} href={`${path}?tab=timeline&day=${day.date}`} class="day" tabIndex={index === current ? 0 : -1} aria-label={dayText(day)}
            onMouseEnter={() => tell(index)} onFocus={() => { tell(index); setStop(index); }} onKeyDown={(event) => onKey(event, index)}>
            <BarShape day={day} chosen={place.value.query.get("day") === day.date} />
          </a>
        ))}
      </div>
      <p class="ends"><span>{dateText(days[0]?.date ?? "1970-01-01")}</span><span>{w.days.today}</span></p>
      <p class="day-told" aria-hidden="true">{told !== null && days[told] ? dayText(days[told]) : daysText(days)}</p>
      <p id="days-hint" class="hidden">{daysText(days)} {w.days.hint}</p>
    </>
  );
}

function BarShape({ day, chosen }: { day: Day; chosen: boolean }) {
  const { tone, height, hatched } = dayBar(day);
  return <i class={`bar-of ${tone}-bar${hatched ? " hatched" : ""}${chosen ? " chosen" : ""}`} style={{ height: `${height * 100}%` }} />;
}
