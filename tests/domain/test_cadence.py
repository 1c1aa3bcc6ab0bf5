"""When checks are due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain import cadence

intervals = st.floats(5, 86_400)
instants = st.floats(1.7e9, 2.0e9)


@given(st.integers(1, 10**9), intervals, instants)
def test_the_next_turn_is_later_and_at_most_an_interval_away(monitor_id: int, interval: float, now: float) -> None:
    due = cadence.next_due(monitor_id, interval, now)
    assert now < due <= now + interval + 1e-3


@given(st.integers(1, 10**6), st.sampled_from([5.0, 60.0, 300.0, 3600.0]), instants)
def test_a_restart_does_not_move_the_grid(monitor_id: int, interval: float, now: float) -> None:
    due = cadence.next_due(monitor_id, interval, now)
    assert cadence.next_due(monitor_id, interval, due - interval / 2) == pytest.approx(due, abs=1e-3)


def test_a_thousand_monitors_are_spread_evenly() -> None:
    seconds = [0] * 60
    for monitor_id in range(1, 1001):
        seconds[int(cadence.phase(monitor_id, 60))] += 1
    assert min(seconds) >= 15
    assert max(seconds) <= 18


def test_a_daily_check_that_was_missed_runs_within_a_minute_of_the_start() -> None:
    now = 1.8e9
    assert cadence.first_due(7, 86_400, now, now - 90_000) <= now + 60
    assert cadence.first_due(7, 86_400, now, now - 1000) == cadence.next_due(7, 86_400, now)
    assert cadence.first_due(7, 86_400, now, None) == cadence.next_due(7, 86_400, now)


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 20), (1, 40), (2, 80)])
def test_pauses_between_retries_double_and_vary_by_a_tenth(attempt: int, seconds: float) -> None:
    assert cadence.retry_delay(20, attempt, 0.0) == pytest.approx(seconds * 0.9)
    assert cadence.retry_delay(20, attempt, 1.0) == pytest.approx(seconds * 1.1)


def test_whether_a_check_was_due_inside_a_stretch() -> None:
    due = datetime.fromtimestamp(cadence.next_due(3, 3600, 1.8e9), UTC)
    assert cadence.due_inside(3, 3600, due - timedelta(seconds=1), due + timedelta(seconds=1))
    assert not cadence.due_inside(3, 3600, due + timedelta(seconds=1), due + timedelta(seconds=100))


def test_a_crash_loop_does_not_starve_a_check_that_was_missed() -> None:
    now, ran = 1_772_452_800.0 + 5, False
    for _ in range(20):
        ran |= cadence.first_due(1, 86_400, now, now - 100_000) < now + 29.7
        now += 29.7
    assert ran
