"""One that goes is told of once, one that comes and goes is told of once more, and then only when it is steady."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.attendance import (
    SETTLE,
    STEADY,
    WINDOW,
    Attendance,
    Tell,
    after_telling,
    changes_at,
    owed,
    turn,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def lived(*turns: float, until: float) -> list[tuple[float, Tell]]:
    """What is told of one that was there, and goes or comes back at each of these seconds, as it gets due."""
    known, told, there = Attendance(there=True, since=START), [], True
    for begin, end in pairwise([0.0, *turns, until]):
        if begin:
            there = not there
            known = turn(known, there, after(begin))
        at: datetime | None = after(begin)
        while at is not None and at < after(end):
            what = owed(known, at)
            if what is not None:
                told.append(((at - START).total_seconds(), what))
                known = after_telling(known)
            at = changes_at(known, at)
    return told


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        pytest.param((), [], id="always there"),
        pytest.param((100,), [(105, Tell.GONE)], id="gone"),
        pytest.param((100, 104), [], id="back before anybody was told"),
        pytest.param((100, 200), [(105, Tell.GONE), (205, Tell.BACK)], id="gone and back"),
        pytest.param(
            (100, 200, 300, 302, 400),
            [(105, Tell.GONE), (205, Tell.BACK), (307, Tell.RESTLESS), (1000, Tell.GONE)],
            id="restless at the fourth turn, and gone for good at the fifth",
        ),
        pytest.param(
            (100, 200, 300, 400, 500, 600, 700),
            [(105, Tell.GONE), (205, Tell.BACK), (305, Tell.GONE), (405, Tell.RESTLESS), (1300, Tell.GONE)],
            id="restless, quiet, and gone for good",
        ),
        pytest.param(
            (100, 200, 300, 400, 500, 600),
            [(105, Tell.GONE), (205, Tell.BACK), (305, Tell.GONE), (405, Tell.RESTLESS)],
            id="restless, and back where it was told to be",
        ),
        pytest.param(
            (100, 200, 300, 400, 1000, 1100),
            [
                *[(105, Tell.GONE), (205, Tell.BACK), (305, Tell.GONE), (405, Tell.RESTLESS)],
                *[(1005, Tell.GONE), (1105, Tell.BACK)],
            ],
            id="steady for ten minutes, and told of again",
        ),
        pytest.param(
            (100, 250, 700, 850, 1300, 1450),
            [
                *[(105, Tell.GONE), (255, Tell.BACK), (705, Tell.GONE), (855, Tell.BACK)],
                *[(1305, Tell.GONE), (1455, Tell.BACK)],
            ],
            id="now and then is not restless",
        ),
    ],
)
def test_what_is_told_of_one_that_comes_and_goes(turns: tuple[float, ...], told: list[tuple[float, Tell]]) -> None:
    assert lived(*turns, until=3000) == told


def test_the_window_and_the_steadiness_are_as_the_stories_have_them() -> None:
    assert [one.total_seconds() for one in (SETTLE, WINDOW, STEADY)] == [5, 600, 600]


def test_being_there_still_is_no_turn() -> None:
    known = Attendance(there=True, since=START)
    assert turn(known, True, after(5)) is known


ATTENDANCE = st.builds(
    Attendance,
    there=st.booleans(),
    since=st.integers(-900, 900).map(after),
    told=st.booleans(),
    restless=st.booleans(),
    warned=st.booleans(),
)


@given(ATTENDANCE, st.integers(0, 900), st.integers(0, 2000), st.sampled_from([SETTLE, STEADY]))
def test_what_is_owed_changes_when_it_says_so_and_never_before(
    known: Attendance, passed: int, more: int, settle: timedelta
) -> None:
    now = known.since + timedelta(seconds=passed)
    later, at = now + timedelta(seconds=more), changes_at(known, now, settle)
    if at is None or later < at:
        assert owed(known, later, settle) == owed(known, now, settle)
    if at is not None:
        assert at > now
        assert owed(known, at, settle) != owed(known, now, settle)


def test_a_clock_that_is_set_back_keeps_nothing_from_being_told() -> None:
    gone = turn(Attendance(there=True, since=START), False, after(7200))
    assert owed(gone, after(7201)) is None
    assert owed(gone, after(3600)) is Tell.GONE
    assert changes_at(gone, after(3600)) is None
    assert owed(after_telling(gone), after(3600)) is None


@given(st.lists(st.integers(1, 400), max_size=40))
def test_people_are_never_told_the_same_twice_and_know_the_truth_in_the_end(pauses: list[int]) -> None:
    turns = [float(sum(pauses[: count + 1])) for count in range(len(pauses))]
    told = [what for _, what in lived(*turns, until=sum(pauses) + STEADY.total_seconds() + 1)]
    there = len(pauses) % 2 == 0
    known = [what for what in told if what is not Tell.RESTLESS]
    assert all(one is not other for one, other in pairwise(told) if Tell.RESTLESS not in (one, other))
    if not told:
        assert there or known == []
    elif told[-1] is not Tell.RESTLESS:
        assert (told[-1] is Tell.BACK) == there
