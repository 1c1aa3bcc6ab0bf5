"""Seconds sum exactly, ratios follow the contract, and the strip shows the worst."""

from datetime import UTC, datetime, timedelta
from itertools import islice, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain import uptime
from asura.domain.span import Span, switched
from asura.domain.status import Status

START = datetime(2026, 3, 1, tzinfo=UTC)
instants = st.integers(0, 10**10).map(lambda us: START + timedelta(microseconds=us))


def span(status: Status, first: float, last: float | None) -> Span:
    end = None if last is None else START + timedelta(minutes=last)
    return Span(1, "", status, "r", START + timedelta(minutes=first), end)


@settings(max_examples=300)
@given(st.lists(st.tuples(instants, st.sampled_from(Status)), max_size=15), instants, instants)
def test_seconds_sum_to_the_window_exactly(
    moves: list[tuple[datetime, Status]], first: datetime, second: datetime
) -> None:
    spans: list[Span] = []
    for at, status in moves:
        spans = switched(spans, Span(1, "", status, "r", at))
    low, high = sorted((first, second))
    found = uptime.seconds(spans, low, high)
    whole = (high - low).total_seconds()
    assert all(sum(order) == whole for order in islice(permutations(found.values()), 30))
    assert all(length >= 0 for length in found.values())
    assert set(found) <= {status.value for status in Status} | {uptime.NO_DATA}


def test_seconds_are_weighted_by_time_and_not_by_checks() -> None:
    spans = [span(Status.UP, 0, 45), span(Status.DOWN, 45, 60), span(Status.UP, 60, None)]
    found = uptime.seconds(spans, START, START + timedelta(minutes=90))
    assert found == {"up": 75 * 60, "down": 15 * 60}


def test_what_no_span_covers_is_no_data() -> None:
    found = uptime.seconds([span(Status.UP, 10, 20)], START, START + timedelta(minutes=60))
    assert found == {"up": 600, "no_data": 3000}
    assert uptime.seconds([], START, START) == {}


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ({"up": 60.0, "down": 20.0}, 0.75),
        ({"up": 30.0, "degraded": 20.0, "late": 10.0, "down": 15.0, "unreachable": 5.0}, 0.75),
        ({"up": 60.0, "unknown": 1000.0, "paused": 5.0, "maintenance": 5.0, "pending": 5.0, "no_data": 5.0}, 1.0),
        ({"unknown": 1000.0}, None),
        ({}, None),
    ],
    ids=["plain", "good-and-bad-states", "others-do-not-count", "nothing-known", "empty"],
)
def test_ratio(lengths: dict[str, float], expected: float | None) -> None:
    assert uptime.ratio(lengths) == expected


def test_strip_shows_the_worst_of_each_cell_oldest_first() -> None:
    now = START + timedelta(hours=24)
    spans = [span(Status.UP, 24, 100), span(Status.DOWN, 100, 101), span(Status.UP, 101, None)]
    strip = uptime.strip(spans, now)
    assert len(strip) == 60
    assert strip[:6] == ".uuudu"
    assert set(strip[5:]) == {"u"}


def test_strip_of_nothing_is_dots() -> None:
    assert uptime.strip([], START) == "." * 60


def test_a_state_that_ends_at_the_edge_of_a_cell_is_not_in_the_next() -> None:
    now = START + timedelta(hours=24)
    strip = uptime.strip([span(Status.DOWN, 0, 24), span(Status.UP, 24, None)], now)
    assert strip == "d" + "u" * 59


def test_worst_is_the_most_notable_state() -> None:
    spans = [span(Status.UP, 0, 10), span(Status.DEGRADED, 10, 11), span(Status.UP, 11, None)]
    assert uptime.worst(spans, START, START + timedelta(hours=1)) is Status.DEGRADED
    assert uptime.worst(spans, START, START + timedelta(minutes=5)) is Status.UP
    assert uptime.worst([], START, START + timedelta(minutes=5)) is None
