"""Averages of phases, step by step."""

from datetime import timedelta

import pytest

from asura.domain import packing, phasing
from asura.domain.instant import at_ms
from asura.domain.packing import HOUR_MS, KEY_SIZE
from asura.domain.result import Phases, Result
from tests.store.kit import START, down, up


def body(*results: Result) -> bytes:
    return b"".join(packing.record(one, region=1, reason=1)[KEY_SIZE:] for one in results)


def test_phases_are_averaged_by_step_over_answered_checks() -> None:
    hour = at_ms(START) // HOUR_MS
    found = body(
        up(1, START, phases=Phases(dns=2.0, connect=10.0)),
        up(1, START + timedelta(seconds=30), phases=Phases(connect=20.0)),
        down(1, START + timedelta(seconds=40), phases=Phases(dns=500.0)),
        up(1, START + timedelta(seconds=61), phases=Phases()),
        up(1, START + timedelta(seconds=125), phases=Phases(tls=3.0)),
    )
    sums: phasing.Sums = {}
    window = (at_ms(START), at_ms(START) + HOUR_MS)
    phasing.add(sums, hour, found, window=window, step_ms=60_000)
    averages = {(at - at_ms(START)) // 1000: phases for at, phases in phasing.averages(sums).items()}
    assert set(averages) == {0, 120}
    first = averages[0]
    assert (first.dns, first.connect) == (pytest.approx(1.0, rel=0.04), pytest.approx(15.0, rel=0.04))
    assert (first.tls, first.ttfb, first.transfer) == (None, None, None)
    assert averages[120].tls == pytest.approx(3.0, rel=0.04)


def test_what_lies_outside_the_window_does_not_count() -> None:
    hour = at_ms(START) // HOUR_MS
    found = body(*(up(1, START + timedelta(seconds=number), phases=Phases(dns=1.0)) for number in range(10)))
    sums: phasing.Sums = {}
    phasing.add(sums, hour, found, window=(at_ms(START) + 3000, at_ms(START) + 5000), step_ms=1000)
    assert sorted(sums) == [at_ms(START) + 3000, at_ms(START) + 4000]
