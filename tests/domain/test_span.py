"""Each instant is in exactly one state, however states are switched, dated back, cut and covered."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.span import Gap, Span, apply_gaps, back_dated, clip, planned_over, switched
from asura.domain.status import Status

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTES = 200


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def span(status: Status, first: int, last: int | None, reason: str = "r") -> Span:
    return Span(1, "", status, reason, at(first), None if last is None else at(last))


minutes = st.integers(0, MINUTES)
switches = st.lists(st.tuples(minutes, st.sampled_from(list(Status)[:4])), min_size=1, max_size=12)
gap_lists = st.lists(
    st.tuples(minutes, st.none() | st.integers(1, 50)).map(
        lambda pair: Gap(at(pair[0]), None if pair[1] is None else at(pair[0] + pair[1]), "own_stall")
    ),
    max_size=5,
)


def folded(moves: list[tuple[int, Status]]) -> list[Span]:
    spans: list[Span] = []
    for minute, status in moves:
        spans = switched(spans, span(status, minute, None))
    return spans


def state_at(spans: list[Span], instant: datetime) -> tuple[Status, str] | None:
    holding = [
        (one.status, one.reason)
        for one in spans
        if one.from_at <= instant and (one.to_at is None or instant < one.to_at)
    ]
    assert len(holding) <= 1, "two states at one instant"
    return holding[0] if holding else None


@given(switches)
def test_the_last_switch_decides_everything_from_its_instant_on(moves: list[tuple[int, Status]]) -> None:
    spans = folded(moves)
    truth: list[Status | None] = [None] * (MINUTES + 1)
    for minute, status in moves:
        truth[minute:] = [status] * (MINUTES + 1 - minute)
    for minute, status in enumerate(truth):
        found = state_at(spans, at(minute))
        assert (found[0] if found else None) == status


@given(switches)
def test_spans_follow_each_other_and_only_the_last_is_open(moves: list[tuple[int, Status]]) -> None:
    spans = folded(moves)
    assert all(one.to_at == two.from_at for one, two in pairwise(spans))
    assert all(one.from_at < two.from_at for one, two in pairwise(spans))
    assert all((one.status, one.reason) != (two.status, two.reason) for one, two in pairwise(spans))
    assert [one for one in spans if one.to_at is None] == spans[-1:]


@given(switches, minutes, minutes)
def test_clipping_changes_nothing_inside_and_leaves_nothing_outside(
    moves: list[tuple[int, Status]], first: int, second: int
) -> None:
    spans = folded(moves)
    low, high = sorted((first, second))
    cut = clip(spans, at(low), at(high))
    for minute in range(MINUTES + 1):
        expected = state_at(spans, at(minute)) if low <= minute < high else None
        assert state_at(cut, at(minute)) == expected
    assert all(one.to_at is not None and one.from_at < one.to_at for one in cut)


@given(switches, gap_lists)
def test_gaps_hide_what_was_checked_and_nothing_else(moves: list[tuple[int, Status]], gaps: list[Gap]) -> None:
    spans = folded(moves)
    covered = apply_gaps(spans, gaps)
    for minute in range(MINUTES + 60):
        instant = at(minute)
        before = state_at(spans, instant)
        hidden = any(gap.from_at <= instant and (gap.to_at is None or instant < gap.to_at) for gap in gaps)
        expected = (Status.UNKNOWN, "own_stall") if hidden and before else before
        assert state_at(covered, instant) == expected


def test_a_gap_in_which_nothing_was_due_hides_nothing() -> None:
    spans = [span(Status.UP, 0, None)]
    gaps = [Gap(at(10), at(12), "own_stall"), Gap(at(20), at(30), "own_stall")]
    found = apply_gaps(spans, gaps, lambda gap: gap.to_at is None or gap.to_at - gap.from_at > timedelta(minutes=5))
    assert [(one.status, one.from_at) for one in found] == [
        (Status.UP, at(0)),
        (Status.UNKNOWN, at(20)),
        (Status.UP, at(30)),
    ]


@pytest.mark.parametrize("status", [Status.PAUSED, Status.MAINTENANCE])
def test_a_gap_does_not_touch_what_nobody_was_to_check(status: Status) -> None:
    spans = [span(status, 0, None)]
    assert apply_gaps(spans, [Gap(at(1), at(2), "own_stall")]) == spans


def test_the_same_state_goes_on_as_one_span() -> None:
    spans = switched([span(Status.UP, 0, None)], span(Status.UP, 5, None))
    assert spans == [span(Status.UP, 0, None)]


def test_back_dating_beyond_the_begin_of_the_open_span_cuts_the_one_before() -> None:
    spans = [span(Status.UP, 0, 10), span(Status.DEGRADED, 10, None)]
    assert switched(spans, span(Status.DOWN, 7, None)) == [span(Status.UP, 0, 7), span(Status.DOWN, 7, None)]


def test_back_dating_stops_at_the_end_of_the_last_gap() -> None:
    gaps = [Gap(at(0), at(5), "own_stall"), Gap(at(6), at(8), "own_stall"), Gap(at(20), None, "own_stall")]
    assert back_dated(at(3), gaps) == at(8)
    assert back_dated(at(9), gaps) == at(9)


def test_what_a_region_saw_lies_under_what_was_planned_for_the_whole() -> None:
    region = [span(Status.UP, 0, 10), span(Status.DOWN, 10, None, "refused")]
    whole = [span(Status.UP, 0, 5), span(Status.MAINTENANCE, 5, 15, "maintenance"), span(Status.UP, 15, None)]
    found = planned_over(region, whole)
    assert [(one.status, one.reason, one.from_at, one.to_at) for one in found] == [
        (Status.UP, "r", at(0), at(5)),
        (Status.MAINTENANCE, "maintenance", at(5), at(15)),
        (Status.DOWN, "refused", at(15), None),
    ]


@given(switches, switches)
def test_planning_over_keeps_every_instant_in_one_state(
    region: list[tuple[int, Status]], whole: list[tuple[int, Status]]
) -> None:
    spans = folded(region)
    found = planned_over(spans, folded([(minute, Status.PAUSED) for minute, _ in whole]))
    assert (found[0].from_at, found[-1].to_at) == (spans[0].from_at, spans[-1].to_at)
    assert all(one.to_at == other.from_at for one, other in pairwise(found))
