"""Figures of each hour and each day: added to whenever results are packed, however late they came."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from asura.domain import histogram, packing
from asura.domain.histogram import Histogram
from asura.domain.packing import HOUR_MS, Record
from asura.domain.status import Finding
from asura.store import row_ids

HOUR = "SELECT checks, failures, latency_us, histogram FROM hours WHERE id = ?"
DAY = "SELECT checks, failures, latency_us, histogram FROM days WHERE id = ?"
PUT_HOUR = (
    "INSERT INTO hours (id, checks, failures, latency_us, histogram, spark) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET checks = excluded.checks, failures = excluded.failures, "
    "latency_us = excluded.latency_us, histogram = excluded.histogram, spark = excluded.spark"
)
PUT_DAY = (
    "INSERT INTO days (id, checks, failures, latency_us, histogram) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET checks = excluded.checks, failures = excluded.failures, "
    "latency_us = excluded.latency_us, histogram = excluded.histogram"
)
SPARK_MS = 720_000
SPARKS = HOUR_MS // SPARK_MS
# Only an answer has a response time; how long a failure took says more about time-outs.
_ANSWERED = (Finding.UP, Finding.DEGRADED)


class Figures(msgspec.Struct, frozen=True):
    """Counted checks, how many of them failed, and the latencies of those that were answered."""

    checks: int
    failures: int
    latency_us: int
    histogram: Histogram


NOTHING = Figures(0, 0, 0, Histogram())


def latencies(records: Iterable[Record]) -> list[int]:
    """Return the latencies, in microseconds, that count as response times."""
    return [record.latency_us for record in records if record.latency_us is not None and record.finding in _ANSWERED]


def of(records: Sequence[Record]) -> Figures:
    """Return the figures of some results."""
    counted = [record for record in records if record.counted]
    found = latencies(records)
    return Figures(
        len(counted),
        sum(record.finding is Finding.DOWN for record in counted),
        sum(found),
        histogram.of(found),
    )


def total(parts: Sequence[Figures]) -> Figures:
    """Return the figures of everything in the parts."""
    if len(parts) == 1:
        return parts[0]
    return Figures(
        sum(part.checks for part in parts),
        sum(part.failures for part in parts),
        sum(part.latency_us for part in parts),
        histogram.merged(part.histogram for part in parts),
    )


def from_row(row: Sequence[Any]) -> Figures:
    """Return the figures of a row (checks, failures, latency_us, histogram)."""
    checks, failures, latency_us, raw = row
    return Figures(checks, failures, latency_us, histogram.load(raw))


def spark(records: Iterable[Record]) -> bytes:
    """Return the average latency of each twelve minutes of an hour, one byte each on the scale of the phases."""
    cells: list[list[int]] = [[] for _ in range(SPARKS)]
    for record in records:
        if record.latency_us is not None and record.finding in _ANSWERED:
            cells[record.at_ms % HOUR_MS // SPARK_MS].append(record.latency_us)
    return bytes(packing.phase_byte(sum(cell) / len(cell) / 1000 if cell else None) for cell in cells)


def add(db: sqlite3.Connection, key: tuple[int, int, int], body: bytes, *, whole: bytes) -> None:
    """Add new results to their hour and day; `whole` is all of the hour. The key is hour, monitor and region."""
    hour, monitor_id, region = key
    records = packing.figures(hour, body)
    new = of(records)
    drawn = spark(records if whole is body else packing.figures(hour, whole))
    hour_id = row_ids.row_id(hour, monitor_id, region)
    day_id = row_ids.row_id(hour // 24, monitor_id, region)
    db.execute(PUT_HOUR, (hour_id, *_with_stored(db, HOUR, hour_id, new), drawn))
    db.execute(PUT_DAY, (day_id, *_with_stored(db, DAY, day_id, new)))


def _with_stored(db: sqlite3.Connection, query: str, row_id: int, new: Figures) -> tuple[int, int, int, bytes]:
    stored = db.execute(query, (row_id,)).fetchone()
    figures = new if stored is None else total([from_row(stored), new])
    return figures.checks, figures.failures, figures.latency_us, histogram.dump(figures.histogram)
