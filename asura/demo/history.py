"""The results of the past: the last day check by check, what lies further back in days that are used several times."""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter

from asura.demo.hours import Series
from asura.demo.outages import paused_at
from asura.domain.status import Status
from asura.store import laying
from asura.store.laying import Laid, Place
from asura.store.results import Results

# Of what lies further back only the figures of hours are looked at.
EVERY_BEFORE_S, EVERY_ILL_S = 300.0, 120.0
FRESH_HOURS = 26
RAW_DAYS = 30
# Is told the share that is done, 0 to 1.
Progress = Callable[[float], None]
# The kinds of day that there are, by how slow everything is.
LEVELS = (0.93, 1.0, 1.09)


def lay(
    db: sqlite3.Connection,
    results: Results,
    series: Sequence[Series],
    begin: datetime,
    now: datetime,
    *,
    progress: Progress = lambda share: None,
) -> int:
    """Store what every series found from `begin` until now, and return how many results that are.

    1. Whole hours are laid down. 2. What the open hour has so far goes the usual way.
    """
    first, last = int(begin.timestamp()) // 3600, int(now.timestamp()) // 3600
    everything, open_ones = [], []
    for number, one in enumerate(series):
        # Called on the writer's thread; what it raises ends everything.
        progress(number / len(series))
        one.know(db, results)
        until = min(last, _paused_hour(one, now))
        found = list(_hours(one, first, until, last))
        everything += found
        laying.days(db, _days(found))
        laying.carried(db, found[-1:])
        if until == last:
            from_at = datetime.fromtimestamp(last * 3600, UTC)
            open_ones += one.results(from_at, now, random.Random(f"{one.seed.name} {one.region} open"))
    everything.sort(key=itemgetter(0))
    count = laying.hours(db, everything, blobs_from=last - RAW_DAYS * 24)
    results.append(db, sorted(open_ones, key=lambda result: result.at))
    return count + len(open_ones)


def _paused_hour(one: Series, now: datetime) -> int:
    paused = one.seed.now is Status.PAUSED
    return int((paused_at(now) if paused else now + timedelta(hours=1)).timestamp()) // 3600


def _hours(one: Series, first: int, until: int, last: int) -> Iterator[tuple[Place, Laid]]:
    """Yield each hour of a series."""
    kinds = [_day(one, level) for level in LEVELS]
    # The same draws, counted from the end, however long the past is.
    chance, ill = random.Random(f"{one.seed.name} {one.region}"), one.ill_hours(until)
    drawn = [chance.randrange(len(LEVELS)) for _ in range(last // 24 - first // 24 + 1)]
    for hour in range(first, until):
        place = (hour, one.monitor_id, one.region_number)
        kind = drawn[last // 24 - hour // 24]
        if hour >= last - FRESH_HOURS:
            yield place, one.laid(hour, one.every_s, chance)
        elif hour in ill:
            yield place, one.laid(hour, max(EVERY_ILL_S, one.every_s), chance, level=LEVELS[kind])
        else:
            yield place, kinds[kind][hour % 24]


def _day(one: Series, level: float) -> list[Laid]:
    """Return the hours of a day on which nothing happened."""
    chance = random.Random(f"{one.seed.name} {one.region} {level}")
    # A day before everything that ever happened.
    return [one.laid(hour, max(EVERY_BEFORE_S, one.every_s), chance, level=level) for hour in range(24)]


def _days(found: Sequence[tuple[Place, Laid]]) -> Iterator[tuple[Place, laying.Figures]]:
    """Yield the figures of each day of one series."""
    known: dict[tuple[int, ...], laying.Figures] = {}
    by_day: dict[int, list[Laid]] = {}
    for (hour, _, _), laid in found:
        by_day.setdefault(hour // 24, []).append(laid)
    for day, parts in by_day.items():
        key = tuple(map(id, parts))
        if key not in known:
            known[key] = laying.total(parts)
        yield (day, *found[0][0][1:]), known[key]
