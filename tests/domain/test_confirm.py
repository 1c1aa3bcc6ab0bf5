"""N in a row before a failure or a recovery is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.confirm import Believing, ConfirmRule, Streak, confirm, is_steady, settled
from asura.domain.status import Finding, Status

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LETTERS = {"u": Finding.UP, "g": Finding.DEGRADED, "d": Finding.DOWN, "k": Finding.UNKNOWN}


def run(
    letters: str, rule: ConfirmRule, start: Streak | None = None
) -> list[tuple[Status, Believing, datetime | None]]:
    """Confirm a row of results a minute apart; an upper-case letter is a try that is retried."""
    streak, steps = start or Streak(), []
    for minute, letter in enumerate(letters):
        at = START + timedelta(minutes=minute)
        belief = confirm(streak, LETTERS[letter.lower()], at=at, counted=letter.islower(), rule=rule)
        streak = belief.streak
        steps.append((streak.believed, belief.reason, belief.since if belief.changed else None))
    return steps


@pytest.mark.parametrize(
    ("letters", "failures", "successes", "believed", "since_minute"),
    [
        pytest.param("u", 2, 1, Status.UP, 0, id="the first success is believed"),
        pytest.param("d", 2, 1, Status.PENDING, None, id="one failure of two is not"),
        pytest.param("dd", 2, 1, Status.DOWN, 0, id="two failures are, from the first on"),
        pytest.param("udd", 2, 1, Status.DOWN, 1, id="up, then down"),
        pytest.param("udud", 2, 1, Status.UP, None, id="flapping is not believed"),
        pytest.param("uDdDd", 2, 1, Status.DOWN, 1, id="back-dated to the first try, also a retried one"),
        pytest.param("uDu", 1, 1, Status.UP, None, id="a retried try alone never counts"),
        pytest.param("uddu", 2, 1, Status.UP, 3, id="one success ends it"),
        pytest.param("udduu", 2, 2, Status.UP, 3, id="two successes end it, from the first on"),
        pytest.param("uddu", 2, 2, Status.DOWN, None, id="one success of two does not"),
        pytest.param("ugg", 2, 1, Status.DEGRADED, 1, id="slow twice is degraded"),
        pytest.param("udg", 2, 1, Status.DEGRADED, 1, id="down and slow is at least degraded"),
        pytest.param("uggdd", 2, 1, Status.DOWN, 3, id="degraded, then down"),
        pytest.param("ugdd", 2, 1, Status.DOWN, 2, id="failures that made it degraded go on towards down"),
        pytest.param("uddg", 2, 1, Status.DEGRADED, 3, id="down, then only slow"),
        pytest.param("uddgu", 2, 1, Status.UP, 4, id="and then up"),
        pytest.param("udkd", 2, 1, Status.DOWN, 1, id="our own fault neither counts nor breaks a row"),
        pytest.param("kkk", 1, 1, Status.PENDING, None, id="our own faults alone say nothing"),
    ],
)
def test_rows(letters: str, failures: int, successes: int, believed: Status, since_minute: int | None) -> None:
    steps = run(letters, ConfirmRule(failures, successes))
    assert steps[-1][0] is believed
    if since_minute is not None:
        changes = [since for _, _, since in steps if since is not None]
        assert changes[-1] == START + timedelta(minutes=since_minute)


@pytest.mark.parametrize(
    ("letters", "reason"),
    [
        ("u", Believing.FIRST_RESULT),
        ("uu", Believing.STEADY),
        ("uD", Believing.RETRYING),
        ("ud", Believing.WAITING_FOR_CONFIRMATION),
        ("udd", Believing.FAILURE_CONFIRMED),
        ("ugg", Believing.DEGRADATION_CONFIRMED),
        ("uddu", Believing.RECOVERY_CONFIRMED),
        ("uk", Believing.ABSTAINED),
    ],
)
def test_each_result_has_its_reason(letters: str, reason: Believing) -> None:
    assert run(letters, ConfirmRule(2, 1))[-1][1] is reason


def test_a_steady_result_costs_no_new_streak() -> None:
    streak = settled(Status.UP)
    assert is_steady(streak, Finding.UP)
    assert not is_steady(streak, Finding.DOWN)
    assert confirm(streak, Finding.UP, at=START, counted=True, rule=ConfirmRule()).streak is streak


@given(st.text("ugdkUGD", max_size=40), st.integers(1, 4), st.integers(1, 3))
def test_down_is_believed_exactly_after_enough_counted_failures_in_a_row(
    letters: str, failures: int, successes: int
) -> None:
    steps = run(letters, ConfirmRule(failures, successes))
    row = 0
    for letter, (believed, _, _) in zip(letters, steps, strict=True):
        if letter in "uUgG":
            row = 0
        row += letter == "d"
        if row >= failures:
            assert believed is Status.DOWN
        if letter == "d" and believed is Status.DOWN and row < failures:
            assert Status.DOWN in [status for status, _, _ in steps]


@given(st.text("ugd", min_size=1, max_size=40))
def test_no_belief_begins_before_the_first_result_or_after_the_last(letters: str) -> None:
    for minute, (_, _, since) in enumerate(run(letters, ConfirmRule(2, 2))):
        if since is not None:
            assert START <= since <= START + timedelta(minutes=minute)
