"""Figures count what counts, and are added to however results arrive."""

from asura.domain import packing
from asura.domain.packing import HOUR_MS, Record
from asura.domain.status import Finding
from asura.store import rollups


def record(minute: float, finding: Finding = Finding.UP, latency: int | None = 1000, *, counted: bool = True) -> Record:
    return Record(round(minute * 60_000), finding, counted, latency)


def test_tries_do_not_count_and_only_answers_have_a_latency() -> None:
    figures = rollups.of(
        [
            record(0, latency=10),
            record(1, Finding.DEGRADED, latency=20),
            record(2, Finding.DOWN, latency=999),
            record(3, Finding.DOWN, counted=False),
            record(4, Finding.UNKNOWN, latency=None),
        ]
    )
    assert (figures.checks, figures.failures, figures.latency_us, figures.histogram.total) == (4, 1, 30, 2)


def test_totals_are_sums() -> None:
    some, others = rollups.of([record(0), record(1, Finding.DOWN)]), rollups.of([record(2)])
    assert rollups.total([some, others]) == rollups.of([record(0), record(1, Finding.DOWN), record(2)])
    assert rollups.total([some]) is some
    assert rollups.total([rollups.NOTHING, some]) == some


def test_a_spark_is_the_average_of_each_twelve_minutes() -> None:
    spark = rollups.spark([record(0, latency=1000), record(11.9, latency=3000), record(48, latency=8000)])
    assert len(spark) == rollups.SPARKS == HOUR_MS // rollups.SPARK_MS
    near = [packing.phase_ms(byte) for byte in spark]
    assert near[1:4] == [None] * 3
    assert abs((near[0] or 0) - 2) < 0.08
    assert abs((near[4] or 0) - 8) < 0.3
