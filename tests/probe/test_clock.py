"""The clock of a probe: the primary's time, whatever the machine's own clock says."""

import logging

import pytest

from asura.probe.clock import RECENT_S, ProbeClock
from tests.world import START, FakeClock

HOUR_S = 3600.0
EPOCH = START.timestamp()


class Desk:
    """A probe's clock on a machine whose wall clock is wrong, and a primary whose clock is right."""

    def __init__(self, *, wrong_by: float = 0.0) -> None:
        self.system = FakeClock()
        self.right = FakeClock()
        self.set_wall(wrong_by)
        self.moves = 0
        self.clock = ProbeClock(self.system, moved=self._moved)

    def _moved(self) -> None:
        self.moves += 1

    def set_wall(self, wrong_by: float) -> None:
        self.system.wall = self.right.wall.fromtimestamp(self.right.wall.timestamp() + wrong_by, self.right.wall.tzinfo)

    def turn(self, seconds: float) -> None:
        self.system.turn(seconds)
        self.right.turn(seconds)

    def hear(self, *, there: float = 0.0, back: float = 0.0) -> None:
        """Ask the primary; the question takes some seconds, and so does the answer."""
        sent = self.clock.boottime()
        self.turn(there)
        said = self.right.wall.timestamp()
        self.turn(back)
        self.clock.learn(said, sent=sent, received=self.clock.boottime())

    def error(self) -> float:
        return self.clock.now().timestamp() - self.right.wall.timestamp()


def test_before_the_first_answer_it_is_the_wall_clock() -> None:
    desk = Desk(wrong_by=HOUR_S)
    assert desk.error() == pytest.approx(HOUR_S)
    assert (desk.moves, desk.clock.learned) == (0, False)


@pytest.mark.parametrize("wrong_by", [0.0, HOUR_S, -HOUR_S])
def test_after_it_the_time_is_the_primarys(wrong_by: float) -> None:
    desk = Desk(wrong_by=wrong_by)
    desk.hear(there=0.05, back=0.05)
    assert desk.error() == pytest.approx(0)
    assert desk.clock.skew_s() == pytest.approx(wrong_by)
    assert (desk.moves, desk.clock.learned) == (1, True)


def test_a_wall_clock_that_is_set_meanwhile_changes_nothing() -> None:
    desk = Desk()
    desk.hear(there=0.01, back=0.01)
    desk.set_wall(-HOUR_S)
    desk.turn(60)
    assert desk.error() == pytest.approx(0)


def test_a_way_that_is_slow_in_one_direction_costs_half_of_it_at_most() -> None:
    desk = Desk()
    desk.hear(there=0.0, back=2.0)
    assert abs(desk.error()) <= 1.0


def test_the_quickest_answer_of_late_counts() -> None:
    desk = Desk()
    desk.hear(there=0.0, back=2.0)
    desk.turn(1)
    desk.hear(there=0.01, back=0.01)
    assert desk.error() == pytest.approx(0, abs=0.001)
    desk.turn(1)
    desk.hear(there=3.0, back=0.0)
    assert desk.error() == pytest.approx(0, abs=0.001), "a slower one says nothing new"


def test_an_answer_is_forgotten_when_clocks_may_have_drifted_since() -> None:
    desk = Desk()
    desk.hear(there=0.01, back=0.01)
    desk.turn(RECENT_S + 1)
    desk.hear(there=0.0, back=0.4)
    assert desk.error() == pytest.approx(-0.2)


def test_a_primary_whose_clock_was_set_is_followed_at_once_and_told() -> None:
    desk = Desk()
    desk.hear(there=0.01, back=0.01)
    desk.right.wall = desk.right.wall.fromtimestamp(EPOCH + HOUR_S, desk.right.wall.tzinfo)
    desk.hear(there=0.1, back=0.1)
    assert desk.error() == pytest.approx(0, abs=0.001)
    assert desk.moves == 2


def test_a_better_answer_that_moves_the_time_by_little_is_not_told() -> None:
    desk = Desk()
    desk.hear(there=0.0, back=0.4)
    desk.turn(1)
    desk.hear(there=0.0, back=0.0)
    assert desk.moves == 1


def test_a_machine_that_slept_is_still_right() -> None:
    desk = Desk()
    desk.hear(there=0.01, back=0.01)
    desk.system.slept = 500.0
    desk.right.turn(500)
    assert desk.error() == pytest.approx(0)


def test_a_wrong_wall_clock_is_told_once_and_that_it_is_right_again(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(wrong_by=HOUR_S)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            desk.hear(there=0.01, back=0.01)
        desk.set_wall(0)
        desk.hear(there=0.01, back=0.01)
        desk.hear(there=0.01, back=0.01)
    first, second = caplog.messages
    assert first.startswith("the clock of this machine is 3600 s ahead of that of the primary")
    assert second == "the clock of this machine is right again"
