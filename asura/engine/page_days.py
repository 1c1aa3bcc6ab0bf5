"""The days that a page shows: what is past is read from the store beside, what is not comes from memory."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from asura.domain import component as components
from asura.domain.board import Bar
from asura.domain.span import Span, clip
from asura.domain.uptime import NO_DATA
from asura.engine import day_reading
from asura.engine.day_reading import DAY, Figures, Past, Subject, Wanted, bar_of, mark, summed
from asura.store.response_times import Timed

if TYPE_CHECKING:
    from asura.engine.engine import Engine

log = logging.getLogger(__name__)

READ_AGAIN = timedelta(hours=1)
TRY_AGAIN_S = 15.0
_NOTHING = (0.0, 0.0)


class Shown(msgspec.Struct, frozen=True):
    """The days of a component as they are shown, oldest first: bars, and average latencies.

    `sums` are the good and bad seconds of the first 0, 1, 2 … of the whole days, `recent` those of each later one.
    """

    bars: list[Bar]
    sums: Sequence[Figures]
    recent: list[Figures]
    response_ms: tuple[float | None, ...] = ()

    def ratio(self, count: int) -> float | None:
        """Return the uptime over the last days; None when nothing is known of them."""
        whole = max(0, min(count, len(self.bars)) - len(self.recent))
        first, last = self.sums[-1 - whole], self.sums[-1]
        good, bad = last[0] - first[0], last[1] - first[1]
        for more in self.recent[-count:]:
            good, bad = good + more[0], bad + more[1]
        return good / (good + bad) if good + bad > 0 else None


class PageDays:
    """Keeps the past of the components of every page that somebody looks at."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._past: dict[tuple[int, int], Past] = {}
        self._reading: dict[int, asyncio.Task[None]] = {}
        self._not_before: dict[int, float] = {}

    def shown(self, page_id: int, subject: Subject, now: datetime) -> Shown:
        """Return the days of a component from what was read and what is in memory; no waiting, no reading."""
        wanted = subject.wanted(now)
        today, midnight = wanted[-1]
        past = self._past.get((page_id, subject.component.id))
        if past is None or past.key != subject.key:
            past = Past(subject.key, now, today, midnight, today, {})
        at = max(0, len(wanted) - 1 - (today - past.upto_on).days)
        bars, sums = _whole_days(past, wanted[:at])
        recent: list[Figures] = []
        for day in components.days_of(subject.component, _recent(subject, past, now), wanted[at:], now):
            bar, seconds = bar_of(day)
            bars.append(bar)
            recent.append(seconds)
        times = tuple(_average(past.times.get(day)) for day, _ in wanted) if subject.with_times else ()
        return Shown(bars, sums, recent, times)

    def refresh(self, page_id: int, subjects: Sequence[Subject], now: datetime) -> "asyncio.Task[None] | None":
        """Begin to read what is missing or old, if anything is, and return the reading; at most one a page."""
        running = self._reading.get(page_id)
        if running is not None:
            return running
        if self._engine.clock.monotonic() < self._not_before.get(page_id, 0.0):
            return None
        stale = [one for one in subjects if self._is_stale(page_id, one, now)]
        if not stale:
            return None
        self._forget_others(page_id, subjects)
        task = asyncio.ensure_future(self._read_all(page_id, stale))
        self._reading[page_id] = task
        task.add_done_callback(lambda _: self._reading.pop(page_id, None))
        return task

    def knows(self, page_id: int, subjects: Sequence[Subject], now: datetime) -> bool:
        """Return whether what was read reaches to what memory holds, for each component."""
        found = ((self._past.get((page_id, one.component.id)), one.key) for one in subjects)
        return all(past is not None and past.key == key and past.upto > now - DAY for past, key in found)

    def forget(self, page_id: int) -> None:
        """Forget a page."""
        self._past = {key: past for key, past in self._past.items() if key[0] != page_id}
        self._not_before.pop(page_id, None)

    async def stop(self) -> None:
        """End what is being read."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget_others(self, page_id: int, subjects: Sequence[Subject]) -> None:
        known = {one.component.id for one in subjects}
        self._past = {key: past for key, past in self._past.items() if key[0] != page_id or key[1] in known}

    def _is_stale(self, page_id: int, subject: Subject, now: datetime) -> bool:
        past = self._past.get((page_id, subject.component.id))
        if past is None or past.key != subject.key or not past.read_at <= now < past.read_at + READ_AGAIN:
            return True
        if past.read_on != subject.wanted(now)[-1][0]:
            return True
        return any(mark(self._engine.live, id_, past.upto) != before for id_, before in past.marks.items())

    async def _read_all(self, page_id: int, subjects: Sequence[Subject]) -> None:
        same: dict[Bar, Bar] = {}
        store, live = self._engine.store, self._engine.live
        try:
            for subject in subjects:
                key = page_id, subject.component.id
                now = self._engine.clock.now()
                self._past[key] = await day_reading.read(store, live, subject, now, old=self._past.get(key), same=same)
        except Exception:
            # The days that are known stay; the page goes on with them.
            log.warning("the days of status page %d could not be read", page_id, exc_info=True)
            self._not_before[page_id] = self._engine.clock.monotonic() + TRY_AGAIN_S


def _whole_days(past: Past, wanted: Wanted) -> tuple[list[Bar], Sequence[Figures]]:
    """Return the bars of whole days from what was read, and the sums up to the last of them.

    Days of which nothing was read have no data.
    """
    count = len(wanted)
    offset = (wanted[0][0] - past.bars[0].date).days if past.bars and wanted else -1
    if offset >= 0 and offset + count <= len(past.bars):
        return list(past.bars[offset : offset + count]), past.sums[offset : offset + count + 1]
    by_date = {bar.date: (bar, pair) for bar, pair in zip(past.bars, pairwise(past.sums), strict=True)}
    bars, figures = [], []
    for day, _ in wanted:
        bar, (before, after) = by_date.get(day) or (Bar(day, None, NO_DATA), (_NOTHING, _NOTHING))
        bars.append(bar)
        figures.append((after[0] - before[0], after[1] - before[1]))
    return bars, summed(figures)


def _recent(subject: Subject, past: Past, now: datetime) -> dict[int, list[Span]]:
    """Return the spans of each monitor since the beginning of the day up to which was read."""
    found = {}
    for view in subject.views:
        own = view.monitor.id
        found[own] = [*past.lead.get(own, ()), *clip(view.spans(now), past.upto, now)]
    return found


def _average(times: Timed | None) -> float | None:
    return round(times[0] / times[1] / 1000, 1) if times is not None and times[1] else None
