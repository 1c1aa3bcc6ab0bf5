"""How often somebody may fail: a burst, then as many as time gives back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.throttle import Attempts, Rule, given_back, left_at, taken, wait_s

RULE = Rule(rate=0.2, burst=5)


def test_a_burst_may_come_at_once_and_the_next_waits() -> None:
    attempts: Attempts | None = None
    for _ in range(5):
        assert wait_s(attempts, RULE, 100.0) == 0
        attempts = taken(attempts, RULE, 100.0)
    assert wait_s(attempts, RULE, 100.0) == pytest.approx(5.0)
    assert wait_s(attempts, RULE, 103.0) == pytest.approx(2.0)
    assert wait_s(attempts, RULE, 105.0) == pytest.approx(0.0)


def test_what_is_given_back_counts_as_never_taken() -> None:
    attempts = taken(None, RULE, 0.0)
    for _ in range(100):
        attempts = given_back(taken(attempts, RULE, 0.0), RULE, 0.0)
    assert left_at(attempts, RULE, 0.0) == 4
    assert left_at(given_back(None, RULE, 0.0), RULE, 0.0) == 5, "never more than a burst"


def test_a_rate_of_zero_allows_any() -> None:
    rule = Rule(rate=0, burst=1)
    assert wait_s(taken(taken(None, rule, 0.0), rule, 0.0), rule, 0.0) == 0


def test_a_clock_that_stands_still_or_runs_back_gives_nothing() -> None:
    attempts = taken(None, RULE, 100.0)
    assert left_at(attempts, RULE, 50.0) == 4


@given(st.lists(st.floats(0, 60), min_size=1, max_size=200))
def test_over_any_stretch_no_more_get_through_than_the_rule_says(pauses: list[float]) -> None:
    now, made, attempts = 0.0, 0, None
    for pause in pauses:
        now += pause
        if wait_s(attempts, RULE, now) == 0:
            attempts = taken(attempts, RULE, now)
            made += 1
    assert made <= RULE.burst + now * RULE.rate + 1e-6


@given(st.floats(0, 1000), st.integers(0, 5))
def test_after_the_wait_there_is_one(now: float, left: int) -> None:
    attempts = Attempts(float(left), 0.0)
    assert wait_s(attempts, RULE, now + wait_s(attempts, RULE, now) + 1e-6) == 0
