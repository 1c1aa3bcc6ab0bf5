/** The states of a monitor one after the other, newest first: of one day, or of the last weeks. */
import { getSpans } from "../../api/calls";
import type { Monitor, Span } from "../../api/types";
import { LinkButton } from "../../components/Button";
import { Card, Empty, Loading, Trouble } from "../../components/Panel";
import { Pill } from "../../components/Pill";
import { StatusIcon } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import { dateText } from "../../domain/dayBars";
import { startOfDay } from "../../domain/days";
import { duration, roughly } from "../../domain/format";
import { isProblem, tone } from "../../domain/status";
import { now } from "../../state/now";
import { addressOf, place } from "../../state/place";
import { useResource } from "../../state/resource";
import { zone } from "../../state/session";
import { reasonText, t } from "../../words";
import { w } from "../../words/monitor";

const DAYS = 90;
const DAY_MS = 86_400_000;
const MOST = 300;

export function SpanTimeline({ monitor }: { monitor: Monitor }) {
  const { query, path } = place.value;
  const day = dayOf(query);
  const notable = query.has("notable");
  const spans = useResource(`timeline ${monitor.id} ${day ?? ""} ${zone.value ?? ""}`, () => getSpans(monitor.id, rangeOf(day)), `${monitor.since} ${Math.floor(now.value / 60_000)}`);
  const all = (spans.value?.data ?? []).filter((span) => span.status !== "pending");
  const shown = (notable ? all.filter((span) => isProblem(span.status)) : all).slice(-MOST).reverse();
  const to = (change: Record<string, string | null>) => addressOf(path, changed(query, change));
  return (
    <Card title={day ? w.timeline.of(dateText(day)) : w.timeline.all(DAYS)} aside={
      <nav class="pills" aria-label={w.timeline.title}>
        {day && <><Pill on={false} to={to({ day: moved(day, -1) })}>{w.timeline.earlier}</Pill>{day < today() && <Pill on={false} to={to({ day: moved(day, 1) })}>{w.timeline.later}</Pill>}<Pill on={false} to={to({ day: null })}>{w.timeline.back}</Pill></>}
        <Pill on={notable} to={to({ notable: notable ? null : "1" })}>{w.timeline.notable}</Pill>
      </nav>
    }>
      <Trouble problem={spans.problem} retry={spans.reload} />
      {spans.value === null && spans.problem === null && <Loading />}
      {day && all.length > 0 && <Track spans={all} range={rangeOf(day)} />}
      {spans.value !== null && shown.length === 0 && <Empty title={notable ? w.timeline.noneNotable : w.timeline.none} action={notable && all.length > 0 && <LinkButton to={to({ notable: null })}>{w.results.showAll}</LinkButton>} />}
      {shown.length > 0 && (
        <table class="spans">
          <thead><tr><th scope="col">{w.timeline.columns.state}</th><th scope="col">{w.timeline.columns.from}</th><th scope="col">{w.timeline.columns.lasted}</th><th scope="col">{w.timeline.columns.why}</th></tr></thead>
          <tbody>{shown.map((span) => <SpanRow key={span.from} span={span} last={span === all[all.length - 1] && (!day || day >= today())} />)}</tbody>
        </table>
      )}
    </Card>
  );
}

function SpanRow({ span, last }: { span: Span; last: boolean }) {
  const seconds = ((last ? now.value : Date.parse(span.to)) - Date.parse(span.from)) / 1000;
  const why = span.status === "up" || span.status === "paused" ? "" : reasonText(span.reason);
  return (
    <tr>
      <td class="nowrap"><StatusIcon status={span.status} /> {t.statusShort[span.status] ?? span.status}</td>
      <td class="nowrap"><Clock at={span.from} /></td>
      <td class="nowrap">{last ? w.timeline.soFar(roughly(seconds)) : duration(seconds)}</td>
      <td class="soft">{why}</td>
    </tr>
  );
}

/** The day as one bar from midnight to midnight, each state as wide as it lasted. */
function Track({ spans, range }: { spans: readonly Span[]; range: { from: string; to: string } }) {
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)];
  const share = (ms: number) => `${(ms / (to - from)) * 100}%`;
  return (
    <div class="day-track" aria-hidden="true">
      {spans.map((span) => {
        const start = Math.max(Date.parse(span.from), from);
        const end = Math.min(span.to ? Date.parse(span.to) : Date.now(), to, Date.now());
        return <i key={span.from} class={`${tone(span.status)}-bar${["maint", "unk"].includes(tone(span.status)) ? " hatched" : ""}`} style={{ left: share(start - from), width: share(Math.max(0, end - start)) }} />;
      })}
    </div>
  );
}

function dayOf(query: URLSearchParams): string | null {
  const day = query.get("day") ?? "";
  return startOfDay(day, 0, zone.value) === null || Number.isNaN(Date.parse(day)) ? null : day;
}

/** The instants of a day in the reader's zone, or of the last weeks. */
function rangeOf(day: string | null): { from: string; to: string } {
  const [from, to] = day ? [startOfDay(day, 0, zone.value), startOfDay(day, 1, zone.value)] : [null, null];
  return from && to ? { from, to } : { from: new Date(Date.now() - DAYS * DAY_MS).toISOString(), to: new Date().toISOString() };
}

function moved(day: string, by: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

function today(): string {
  return new Intl.DateTimeFormat("sv-SE", zone.value ? { timeZone: zone.value } : {}).format(Date.now());
}

function changed(query: URLSearchParams, change: Record<string, string | null>): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}
