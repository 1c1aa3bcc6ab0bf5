"""Who is not able any more is not at once; who is able again is once that has held."""

from asura.engine.ability import HOLD_S, Ability


def test_everybody_is_able_until_they_say_otherwise() -> None:
    one = Ability()
    assert one.has(1)
    assert not one.note(1, True, 0)
    assert one.waits_s(0) == []
    assert one.note(1, False, 1)
    assert not one.has(1)
    assert not one.note(1, False, 2)


def test_that_one_is_able_again_counts_once_it_has_held() -> None:
    one = Ability()
    one.note(1, False, 0)
    assert not one.note(1, True, 10)
    assert one.waits(1)
    assert (one.has(1), one.settle(10), one.waits_s(10)) == (False, [], [HOLD_S])
    assert not one.note(1, True, 11)
    assert one.settle(10 + HOLD_S - 0.01) == []
    assert one.settle(10 + HOLD_S) == [1]
    assert (one.has(1), one.settle(20), one.waits_s(20)) == (True, [], [])


def test_who_is_not_able_again_meanwhile_begins_anew() -> None:
    one = Ability()
    one.note(1, False, 0)
    one.note(1, True, 1)
    assert not one.note(1, False, 2), "nothing has changed"
    assert one.settle(9) == []
    one.note(1, True, 10)
    assert one.settle(11) == []
    assert one.settle(12) == [1]


def test_who_may_come_back_at_once_has_only_to_have_been_away_for_as_long() -> None:
    one = Ability(at_once=True)
    one.note(1, False, 0)
    one.note(1, True, 1)
    assert (one.settle(1), one.waits_s(1)) == ([], [1.0])
    assert one.settle(2) == [1]
    one.note(1, False, 3)
    one.note(1, True, 10)
    assert one.settle(10) == [1]


def test_of_a_probe_that_is_none_nothing_is_kept() -> None:
    one = Ability()
    one.note(1, False, 0)
    one.note(1, True, 1)
    one.forget(1)
    assert (one.has(1), one.settle(9), one.waits_s(9)) == (True, [], [])
