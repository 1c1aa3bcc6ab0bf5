"""Reads the days of a component that are past from the store, in small turns."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

import aiosqlite
import msgspec

from asura.domain import component as components
from asura.domain import days
from asura.domain.board import Bar
from asura.domain.days import Day
from asura.domain.page import ComponentConfig
from asura.domain.span import Gap, Span
from asura.domain.status import BAD, GOOD
from asura.engine.live import Live, MonitorView
from asura.store import response_times, spans
from asura.store.db import Store
from asura.store.response_times import Timed

DAY = timedelta(days=1)
# Memory holds the last 24 hours; what is older than this comes from the store, with room for the next reading.
FROM_MEMORY = timedelta(hours=20)
# So many spans are looked through at a time; more often than this others have their turn.
_FEW, _MANY = 300, 1_500
_GOOD, _BAD = ([status.value for status in some] for some in (GOOD, BAD))
_FIRST_DAYS, _MOST_DAYS = 32, 64

Wanted: TypeAlias = Sequence[tuple[date, datetime]]
Figures: TypeAlias = tuple[float, float]
# What memory said of a monitor at an instant: since when which state held, and which of our own gaps lay over it.
Mark: TypeAlias = tuple[datetime | None, str, tuple[tuple[datetime, datetime | None], ...]]


class Subject(msgspec.Struct, frozen=True):
    """A component, its monitors as they are now, and how many days in which zone are wanted of it.

    `key` is what its past depends on.
    """

    component: ComponentConfig
    views: tuple[MonitorView, ...]
    zone: ZoneInfo
    days: int
    with_times: bool
    key: tuple[object, ...]

    def wanted(self, now: datetime) -> Wanted:
        """Return the days to show with the instants at which they begin, oldest first; the last one is today."""
        return _wanted(self.days, now.astimezone(self.zone).date(), self.zone)


def subject(
    component: ComponentConfig, views: tuple[MonitorView, ...], zone: ZoneInfo, *, days: int, with_times: bool = False
) -> Subject:
    """Return a component with its monitors."""
    ids, weights = tuple(view.monitor.id for view in views), tuple(sorted(component.weights.items()))
    key = ids, component.combine, weights, zone.key, days, with_times
    return Subject(component, views, zone, days, with_times, key)


class Past(msgspec.Struct, frozen=True):
    """What was read of a component: its whole days up to `upto`, and the spans of the day in which that lies.

    `read_on` and `upto_on` are the days of `read_at` and `upto` in the zone of the page. `sums` are the good and bad
    seconds of the first 0, 1, 2 … bars, `times` the response times by day.
    """

    key: tuple[object, ...]
    read_at: datetime
    read_on: date
    upto: datetime
    upto_on: date
    marks: dict[int, Mark]
    bars: tuple[Bar, ...] = ()
    sums: tuple[Figures, ...] = ((0.0, 0.0),)
    lead: dict[int, list[Span]] = {}
    times: dict[date, Timed] = {}


@lru_cache(maxsize=64)
def _wanted(count: int, today: date, zone: ZoneInfo) -> Wanted:
    return tuple((day, days.start_of(day, zone)) for day in (today - n * DAY for n in reversed(range(count))))


def mark(live: Live, monitor_id: int, upto: datetime) -> Mark:
    """Return what memory says of a monitor at an instant: a state that is back-dated over it changes this."""
    hidden = tuple((gap.from_at, gap.to_at) for gap in live.gaps if _covers(gap, upto))
    state = live.state(monitor_id)
    before: Span | None = None
    for span in state.spans if state is not None else ():
        if span.from_at >= upto:
            break
        before = span
    # A span that ended before will be forgotten, and that is no news.
    if before is None or (before.to_at is not None and before.to_at <= upto):
        return None, "", hidden
    return before.from_at, before.status.value, hidden


def _covers(gap: Gap, at: datetime) -> bool:
    return gap.from_at < at and (gap.to_at is None or gap.to_at > at)


def bar_of(day: Day) -> tuple[Bar, Figures]:
    """Return the bar of a day, and its good and bad seconds."""
    seconds = day.seconds
    good = sum([seconds.get(name, 0.0) for name in _GOOD])
    bad = sum([seconds.get(name, 0.0) for name in _BAD])
    return Bar(day.date, day.ratio, day.worst, bad), (good, bad)


def summed(figures: Iterable[Figures]) -> tuple[Figures, ...]:
    """Return the sums of the first 0, 1, 2 … figures."""
    found = [(0.0, 0.0)]
    for good, bad in figures:
        found.append((found[-1][0] + good, found[-1][1] + bad))
    return tuple(found)


async def read(
    store: Store, live: Live, subject: Subject, now: datetime, *, old: Past | None, same: dict[Bar, Bar]
) -> Past:
    """Return the past of a component, from the store up to the start of today, or to what memory still holds.

    `old` is what was read before: its response times are not read again. `same` makes one bar of equal ones.
    """
    wanted = subject.wanted(now)
    today = wanted[-1][1]
    upto = max(today, now - FROM_MEMORY)
    marks = {view.monitor.id: mark(live, view.monitor.id, upto) for view in subject.views}
    known = _settled(old, subject) if old is not None else {}
    bars: list[Bar] = []
    figures: list[Figures] = []
    lead: dict[int, list[Span]] = {}
    first, step = 0, _FIRST_DAYS
    async with store.read() as reader:
        times = await _times(reader, subject, wanted, now, known) if subject.with_times else {}
        while first < len(wanted) - 1:
            piece = wanted[first : first + step + 1]
            end = piece[-1][1]
            found, count = await _spans(reader, subject, piece[0][1], end, now)
            for bar, pair in map(bar_of, components.days_of(subject.component, found, piece[:-1], end)):
                bars.append(same.setdefault(bar, bar))
                figures.append(pair)
            first += len(piece) - 1
            step = max(1, step // 2) if count > _MANY else min(_MOST_DAYS, step * 2) if count < _FEW else step
            await asyncio.sleep(0)
        if today < upto:
            lead, _ = await _spans(reader, subject, today, upto, now)
    upto_on = upto.astimezone(subject.zone).date()
    return Past(subject.key, now, wanted[-1][0], upto, upto_on, marks, tuple(bars), summed(figures), lead, times)


async def _spans(
    reader: aiosqlite.Connection, subject: Subject, from_at: datetime, to_at: datetime, now: datetime
) -> tuple[dict[int, list[Span]], int]:
    """Return the stored spans of each monitor in a stretch, and how many they are."""
    found: dict[int, list[Span]] = {}
    for view in subject.views:
        due = view.due(now)
        found[view.monitor.id] = await spans.read(reader, view.monitor.id, from_at, to_at, due=due)
    return found, sum(len(own) for own in found.values())


def _settled(old: Past, subject: Subject) -> dict[date, Timed]:
    """Return the response times of days that were long over when they were read."""
    if old.key != subject.key:
        return {}
    over = old.read_on - DAY
    return {day: times for day, times in old.times.items() if day < over}


async def _times(
    reader: aiosqlite.Connection, subject: Subject, wanted: Wanted, now: datetime, known: Mapping[date, Timed]
) -> dict[date, Timed]:
    """Return the response times of each day, of what is known without reading it."""
    found = {day: known[day] for day, _ in wanted if day in known}
    missing = [pair for pair in wanted if pair[0] not in known]
    for view in subject.views:
        for first in range(0, len(missing), _MOST_DAYS):
            piece = missing[first : first + _MOST_DAYS]
            after = first + _MOST_DAYS
            until = missing[after][1] if after < len(missing) else now
            starts = [start for _, start in piece]
            read_now = await response_times.daily(reader, view.monitor.id, starts, until)
            for (day, _), (total, count) in zip(piece, read_now, strict=True):
                before = found.get(day, (0, 0))
                found[day] = (before[0] + total, before[1] + count)
    return found
