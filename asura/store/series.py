"""Figures over time: from the results themselves for short steps, from the rollups beyond."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiosqlite

from asura.domain import packing, uptime
from asura.domain.instant import at_ms, from_ms
from asura.domain.packing import HOUR_MS
from asura.domain.span import Due, Span
from asura.errors import Fault, Invalid
from asura.store import history, phases, rollups, row_ids, spans
from asura.store.memory import Open
from asura.store.rollups import Figures

if TYPE_CHECKING:
    from asura.store.db import Store

HOURS, DAYS = (
    f"""
    WITH RECURSIVE stretch (time) AS (SELECT :first UNION ALL SELECT time + 1 FROM stretch WHERE time < :last)
    SELECT found.id, found.checks, found.failures, found.latency_us, found.histogram
    FROM stretch CROSS JOIN {table} AS found ON found.id
    BETWEEN ((stretch.time << 43) | (:monitor << 12)) AND ((stretch.time << 43) | (:monitor << 12) | 4095)
    """
    for table in ("hours", "days")
)
UPTO = "SELECT upto FROM blobs WHERE id = ?"
REGIONS = "SELECT id FROM carry WHERE id BETWEEN :monitor << 12 AND (:monitor << 12) | 4095"
DAY_MS = 24 * HOUR_MS
MOST_POINTS = 5000
_RAW_RANGE_MS = 2 * DAY_MS

# When figures begin, and what they are.
Timed = tuple[int, Figures]


async def series(
    store: "Store",
    monitor_id: int,
    from_at: datetime,
    to_at: datetime,
    step: timedelta | float,
    region: str | None = None,
    due: Due | None = None,
    *,
    with_phases: bool = False,
) -> list[dict[str, Any]]:
    """Return one point a step: at, up_ratio (of time), avg/p50/p95/p99_ms (of answered checks), checks, failures.

    Steps lie on whole multiples of the step since the epoch; the first and last are cut to the window. With phases
    each point has `phases` too: their averages, None where no result is kept.
    """
    step_ms = round((step.total_seconds() if isinstance(step, timedelta) else step) * 1000)
    low, high = at_ms(from_at), at_ms(to_at)
    if step_ms < 1000 or not 0 <= low < high:
        raise Invalid(Fault("step" if step_ms < 1000 else "from", "asks for an empty range"))
    if (high - low) // step_ms > MOST_POINTS:
        raise Invalid(Fault("step", f"gives more than {MOST_POINTS} points: choose a longer step or a shorter range"))
    parts = store.results.unpacked(monitor_id, region, from_hour=low // HOUR_MS, to_hour=high // HOUR_MS)
    async with store.read() as db:
        states = await spans.read(db, monitor_id, from_at, to_at, region, due)
        oldest = await history.first_hour(db, parts)
        window = (store, db, monitor_id, (low, high), region, parts)
        whole = step_ms >= HOUR_MS and (high - low > _RAW_RANGE_MS or low // HOUR_MS < oldest)
        timed = await (_rolled if whole else _raw)(window, step_ms)
        points = _points(timed, states, low, high, step_ms)
        if with_phases:
            found = await phases.averages(
                store, db, monitor_id, window=(low, high), step_ms=step_ms, region=region, parts=parts
            )
            for point in points:
                point["phases"] = found.get(at_ms(point["at"]))
        return points


async def regions(store: "Store", monitor_id: int, now: datetime) -> list[str]:
    """Return the regions that a monitor has results of, by name."""
    hour = at_ms(now) // HOUR_MS
    open_parts = store.results.unpacked(monitor_id, None, from_hour=hour - 2, to_hour=hour)
    async with store.read() as db:
        rows = await db.execute_fetchall(REGIONS, {"monitor": monitor_id})
    numbers = {row_ids.region_of(row[0]) for row in rows} | {part.region for part in open_parts}
    return sorted(store.results.region_name(number) for number in numbers)


Window = tuple["Store", aiosqlite.Connection, int, tuple[int, int], str | None, list[Open]]


async def _raw(window: Window, step_ms: int) -> list[Timed]:
    """Return the figures of each step that has any, from the results themselves."""
    store, db, monitor_id, (low, high), region, parts = window
    first = max(low // HOUR_MS, await history.first_hour(db, parts))
    hours = (first, (high - 1) // HOUR_MS)
    bodies = await history.read_bodies(store, db, monitor_id, hours=hours, region=region, parts=parts)
    return await asyncio.to_thread(_counted, bodies, (low, high), step_ms)


def _counted(bodies: history.Bodies, window: tuple[int, int], step_ms: int) -> list[Timed]:
    low, high = window
    steps: dict[int, list[packing.Record]] = {}
    for (hour, _), (body, _) in bodies.items():
        for record in packing.figures(hour, body):
            if low <= record.at_ms < high:
                steps.setdefault(record.at_ms // step_ms * step_ms, []).append(record)
    return [(start, rollups.of(records)) for start, records in steps.items()]


async def _rolled(window: Window, step_ms: int) -> list[Timed]:
    """Return the figures of whole hours, or of whole days where the steps are such, and of what is not packed."""
    store, db, monitor_id, (low, high), region, parts = window
    unit, query = (DAY_MS, DAYS) if step_ms % DAY_MS == 0 else (HOUR_MS, HOURS)
    regions = set(store.results.region_numbers(region))
    key = {"monitor": monitor_id, "first": low // unit, "last": (high - 1) // unit}
    rows = await db.execute_fetchall(query, key)
    found = [
        (row_ids.time_of(row[0]) * unit, rollups.from_row(tuple(row)[1:]))
        for row in rows
        if row_ids.region_of(row[0]) in regions
    ]
    for part in await still_open(db, parts):
        records = packing.figures(part.hour, part.body)
        found.append((part.hour * HOUR_MS, rollups.of([record for record in records if record.at_ms < high])))
    return found


async def still_open(db: aiosqlite.Connection, parts: Sequence[Open]) -> list[Open]:
    """Return the parts that this snapshot has in no rollup yet."""
    found = []
    for part in parts:
        rows = list(await db.execute_fetchall(UPTO, (row_ids.row_id(part.hour, part.monitor_id, part.region),)))
        if not rows or rows[0][0] < part.upto:
            found.append(part)
    return found


def _points(timed: Iterable[Timed], states: Sequence[Span], low: int, high: int, step_ms: int) -> list[dict[str, Any]]:
    by_step: dict[int, list[Figures]] = {}
    for at, figures in timed:
        by_step.setdefault(at // step_ms * step_ms, []).append(figures)
    points = []
    first = 0
    for start in range(low // step_ms * step_ms, high, step_ms):
        begin, end = from_ms(max(start, low)), from_ms(min(start + step_ms, high))
        while first < len(states) and (states[first].to_at or end) <= begin:
            first += 1
        last = first
        while last < len(states) and states[last].from_at < end:
            last += 1
        lengths = uptime.seconds(states[first:last], begin, end)
        points.append(_point(start, uptime.ratio(lengths), rollups.total(by_step.get(start, [rollups.NOTHING]))))
    return points


def _point(start: int, up_ratio: float | None, figures: Figures) -> dict[str, Any]:
    measured = figures.histogram.total
    p50, p95, p99 = (figures.histogram.quantile(share) for share in (0.5, 0.95, 0.99))
    return {
        "at": from_ms(start),
        "up_ratio": up_ratio,
        "avg_ms": round(figures.latency_us / measured / 1000, 3) if measured else None,
        "p50_ms": _ms(p50),
        "p95_ms": _ms(p95),
        "p99_ms": _ms(p99),
        "checks": figures.checks,
        "failures": figures.failures,
    }


def _ms(microseconds: float | None) -> float | None:
    return None if microseconds is None else round(microseconds / 1000, 3)
