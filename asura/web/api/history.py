"""What a monitor was: results, series, days, spans, uptime, sparklines."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.responses import Response

from asura.domain import days as calendar
from asura.domain import uptime as figures
from asura.domain.result import Phases, Result
from asura.domain.schedule import is_zone
from asura.domain.span import Span
from asura.domain.status import Finding, Status
from asura.engine.live import MonitorView
from asura.store import results as stored_results
from asura.store import series as stored_series
from asura.store import spans as stored_spans
from asura.web import find, present, shapes
from asura.web.answers import json_answer
from asura.web.query import Asked
from asura.web.route import Call

DAY = timedelta(days=1)
RAW_DAYS = timedelta(days=31)
FINDINGS = {finding.name.lower(): finding for finding in Finding}
STEPS = (10, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
MOST_POINTS = 2_000
GOOD_POINTS = 300
MOST_SPARKLINES = 500
MOST_DAYS = 365
MOMENT = timedelta(milliseconds=1)


async def results(call: Call) -> Response:
    """Answer one page of results, newest first."""
    view, asked = find.monitor(call), call.asked()
    from_at, to_at = asked.range(call.engine.clock.now(), RAW_DAYS)
    region, words = asked.text("region"), asked.many("status", frozenset(FINDINGS))
    limit, after = asked.limit(), asked.text("cursor", longest=500)
    asked.done()
    page, more = await stored_results.page(
        call.engine.store,
        view.monitor.id,
        from_at=from_at,
        to_at=to_at,
        region=region,
        findings=frozenset(FINDINGS[word] for word in words) or None,
        cursor=after,
        limit=limit,
    )
    under = await _maintained(call, view.monitor.id, page)
    return json_answer(shapes.Page([present.result(one, maintenance=one.at in under) for one in page], more))


async def _maintained(call: Call, monitor_id: int, page: Sequence[Result]) -> set[datetime]:
    """Return when of the checks of a page planned work was going on."""
    if not page:
        return set()
    first, last = min(one.at for one in page), max(one.at for one in page)
    async with call.engine.store.read() as reader:
        spans = await stored_spans.read(reader, monitor_id, first, last + MOMENT)
    under = [span for span in spans if span.status is Status.MAINTENANCE]
    return {one.at for one in page for span in under if span.from_at <= one.at < (span.to_at or last + MOMENT)}


async def series(call: Call) -> Response:
    """Answer figures over time."""
    view, asked = find.monitor(call), call.asked()
    store, now = call.engine.store, call.engine.clock.now()
    from_at, to_at = asked.range(now, DAY)
    region, with_phases = asked.text("region"), asked.boolean("phases") or False
    step = _step(asked, from_at, to_at, interval=view.monitor.config.interval)
    asked.done()
    due = view.due(now, region)
    points = await stored_series.series(
        store, view.monitor.id, from_at, to_at, step, region, due, with_phases=with_phases
    )
    regions = await stored_series.regions(store, view.monitor.id, now)
    return json_answer(shapes.Series([_point(point) for point in points], step, regions))


def _step(asked: Asked, from_at: datetime, to_at: datetime, *, interval: float) -> int:
    """Return the step that was asked for, or one with some hundred points of which each holds a check."""
    length = (to_at - from_at).total_seconds()
    good = next((step for step in STEPS if length / step <= GOOD_POINTS and step >= interval), STEPS[-1])
    step = asked.integer("step", good, low=1, high=366 * 86_400)
    if length / step > MOST_POINTS and step != good:
        asked.wrong("step", f"gives more than {MOST_POINTS} points for this range")
    return step


def _point(point: dict[str, Any]) -> shapes.Point:
    return shapes.Point(
        at=present.instant(point["at"]),
        up_ratio=present.ratio(point["up_ratio"]),
        avg_ms=present.milliseconds(point["avg_ms"]),
        p50_ms=present.milliseconds(point["p50_ms"]),
        p95_ms=present.milliseconds(point["p95_ms"]),
        p99_ms=present.milliseconds(point["p99_ms"]),
        checks=point["checks"],
        failures=point["failures"],
        phases_ms=_phases(point["phases"]) if "phases" in point else msgspec.UNSET,
    )


def _phases(found: Phases | None) -> shapes.PhasesMs | None:
    return None if found is None else present.phases(found)


async def days(call: Call) -> Response:
    """Answer how a monitor was on each of the last days of a zone."""
    view, asked = find.monitor(call), call.asked()
    count, region, zone = asked.integer("days", 90, low=1, high=MOST_DAYS), asked.text("region"), _zone(asked)
    asked.done()
    now = call.engine.clock.now()
    wanted = calendar.last(count, now, zone)
    found = await _states(call, view, wanted[0][1], now, region)
    rows = await asyncio.to_thread(calendar.days, found, wanted, now)
    return json_answer(shapes.Days(zone.key, [_day(one) for one in rows]))


async def _states(call: Call, view: MonitorView, from_at: datetime, to_at: datetime, region: str | None) -> list[Span]:
    """Return the stretches of a monitor, or of what one region saw; a region that checks it alone saw the whole."""
    if view.electorate.regions == (region,):
        region = None
    due = view.due(call.engine.clock.now(), region)
    async with call.engine.store.read() as reader:
        return await stored_spans.read(reader, view.monitor.id, from_at, to_at, region=region, due=due)


def _zone(asked: Asked) -> ZoneInfo:
    name = asked.text("zone", longest=100) or "UTC"
    if not is_zone(name):
        asked.wrong("zone", "is not a zone of the IANA database, like Europe/Berlin")
        return ZoneInfo("UTC")
    return ZoneInfo(name)


def _day(day: calendar.Day) -> shapes.Day:
    return shapes.Day(day.date.isoformat(), present.ratio(day.ratio), day.worst, day.seconds)


async def spans(call: Call) -> Response:
    """Answer the stretches of time in one state, oldest first."""
    view, asked = find.monitor(call), call.asked()
    now = call.engine.clock.now()
    from_at, to_at = asked.range(now, DAY)
    region = asked.text("region")
    asked.done()
    found = await _states(call, view, from_at, to_at, region)
    rows = [
        shapes.Span(
            status=span.status.value,
            from_at=present.instant(span.from_at),
            to_at=present.maybe_instant(span.to_at),
            reason=span.reason,
        )
        for span in found
    ]
    return json_answer(shapes.Spans(rows))


async def uptime(call: Call) -> Response:
    """Answer the seconds in each state, which sum to the range, and the ratio."""
    view, asked = find.monitor(call), call.asked()
    now = call.engine.clock.now()
    from_at, to_at = asked.range(now, DAY)
    region = asked.text("region")
    asked.done()
    found = await _states(call, view, from_at, to_at, region)
    # What lies ahead is not known, even when the present state lasts.
    seconds = figures.seconds(found, from_at, min(to_at, max(now, from_at))) if from_at < now else {}
    ahead = (to_at - max(now, from_at)).total_seconds()
    if ahead > 0:
        seconds[figures.NO_DATA] = seconds.get(figures.NO_DATA, 0.0) + ahead
    whole = {status.value: 0.0 for status in Status} | {figures.NO_DATA: 0.0} | seconds
    return json_answer(shapes.Uptime(present.ratio(figures.ratio(seconds)), whole))


async def sparklines(call: Call) -> Response:
    """Answer 60 latencies of the last 24 hours for each monitor named; unknown ones are left out."""
    asked = call.asked()
    refs = asked.many("ids", most=MOST_SPARKLINES)
    if not refs and not asked.faults:
        asked.wrong("ids", "is required: ids or slugs, with commas between them")
    asked.done()
    views = [view for ref in refs if (view := find.maybe_monitor(call, ref)) is not None]
    store, now = call.engine.store, call.engine.clock.now()
    lines = await stored_results.sparkline(store, [view.monitor.id for view in views], now)
    return json_answer({str(number): [present.milliseconds(v) for v in line] for number, line in lines.items()})
