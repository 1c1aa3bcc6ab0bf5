"""The register of who is there: what is owed to people is told together, once, and survives what happens meanwhile."""

from datetime import datetime, timedelta

from asura.domain.attendance import SETTLE, Tell
from asura.engine.attending import Register

START = datetime.fromisoformat("2026-03-02T12:00:00+00:00")


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def register(*probe_ids: int, settle: timedelta = SETTLE) -> Register:
    """One in which these are there since the start."""
    one = Register(settle)
    for probe_id in probe_ids:
        assert one.note(probe_id, True, START)
    return one


def tell(one: Register, *probe_ids: int) -> None:
    one.keep(one.told(probe_ids))


def test_the_first_call_is_a_change_that_nobody_is_told_of() -> None:
    one = register()
    assert 1 not in one
    assert not one.has(1)
    assert one.note(1, True, START)
    assert 1 in one
    assert one.has(1)
    assert not one.note(1, True, after(1))
    assert (one.due(after(900)), one.changes_at(after(1))) == ({}, None)


def test_those_that_go_together_are_due_with_the_first_of_them() -> None:
    one = register(1, 2, 3, 4)
    for probe_id, seconds in ((1, 10), (2, 14.9)):
        assert one.note(probe_id, False, after(seconds))
    assert one.changes_at(after(10)) == after(15)
    assert one.due(after(14.9)) == {}
    assert one.due(after(15)) == {1: Tell.GONE, 2: Tell.GONE}
    tell(one, 1, 2)
    assert one.due(after(15)) == {}
    assert one.note(3, False, after(16))
    assert one.changes_at(after(16)) == after(21)
    assert one.due(after(21)) == {3: Tell.GONE}


def test_with_a_long_patience_no_one_is_told_long_before_its_time() -> None:
    one = register(1, 2, settle=timedelta(minutes=10))
    one.note(1, False, after(0))
    one.note(2, False, after(300))
    assert one.due(after(599)) == {}
    assert one.due(after(600)) == {1: Tell.GONE}


def test_how_long_somebody_was_away_counts_from_when_it_was_last_there() -> None:
    one = register(1)
    one.note(1, False, after(30), left_at=after(15))
    assert one.left_at(1) == after(15)
    one.note(1, True, after(100))
    assert (one.left_at(1), one.away_s(1)) == (after(15), 85)
    one.note(1, False, after(200))
    assert one.left_at(1) == after(200)


def test_who_comes_back_while_people_are_told_that_it_is_gone_is_told_to_be_back() -> None:
    one = register(1, 2)
    one.note(1, False, after(10))
    one.note(2, False, after(10))
    said = one.told(one.due(after(15)))
    one.note(1, True, after(15.1))
    one.forget(2)
    one.keep(said)
    assert 2 not in one
    assert one.due(after(20.1)) == {1: Tell.BACK}


def test_what_people_know_is_taken_over_at_a_start() -> None:
    one = register(1, 2, 3)
    one.note(1, False, after(10))
    one.note(2, False, after(100))
    assert one.missed(one.told([1])) == [1]
    tell(one, 1)
    assert one.missed({}) == [1]
    fresh = Register(SETTLE)
    fresh.open({1: after(10), 2: after(100), 3: after(100)}, one.missed({}), after(200))
    assert [fresh.has(probe_id) for probe_id in (1, 2, 3)] == [False, True, True]
    assert fresh.due(after(900)) == {}
    fresh.note(1, True, after(300))
    assert fresh.due(after(305)) == {1: Tell.BACK}
    assert fresh.away_s(1) == 290
