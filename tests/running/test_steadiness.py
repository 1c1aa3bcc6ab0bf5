"""Steadiness: stalls, sleeps and clock jumps of this process are noticed, told, and never the target's fault."""

from datetime import timedelta

import msgspec
import pytest

from asura.domain.audit import Irregularity
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.span import Gap
from asura.domain.status import Finding
from asura.running.steadiness import Steadiness
from tests.running.kit import made
from tests.world import DEGRADED, DOWN, TIMEOUT, UP, FakeClock


class Run:
    """A process on a clock that is turned by hand, and what was noticed of it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.noticed: list[tuple[Irregularity, Gap]] = []
        self.steadiness = Steadiness(self.clock, noticed=lambda found, stretch: self.noticed.append((found, stretch)))

    def on(self, seconds: float) -> None:
        """Let time pass until the next look."""
        self.clock.turn(seconds)
        self.steadiness.observe()


def test_a_smooth_run_is_not_told_of() -> None:
    run = Run()
    for _ in range(20):
        run.on(0.5)
    assert (run.noticed, run.steadiness.irregularities) == ([], 0)
    assert (run.steadiness.lag_s, run.steadiness.lag_max_s) == (0, 0)


def test_looks_between_the_looks_hide_no_stall_and_make_none() -> None:
    run = Run()
    for _ in range(100):
        run.on(0.05)
    assert run.noticed == []
    run.on(0.05)
    run.on(3)
    assert [found.reason for found, _ in run.noticed] == [Reason.OWN_STALL]


def test_a_stall_is_told_with_the_stretch_that_it_spoils_and_its_lag_is_kept() -> None:
    run = Run()
    run.on(20)
    ((found, stretch),) = run.noticed
    now = run.clock.now()
    assert (found.reason, found.seconds) == (Reason.OWN_STALL, 19.5)
    assert (stretch.from_at, stretch.to_at, stretch.reason) == (now - timedelta(seconds=20), now, "own_stall")
    run.on(0.7)
    assert (round(run.steadiness.lag_s, 6), run.steadiness.lag_max_s) == (0.2, 19.5)
    assert run.steadiness.irregularities == 1


def test_a_sleeping_machine_is_no_stall() -> None:
    run = Run()
    run.clock.slept += 7200
    run.clock.wall += timedelta(hours=2)
    run.on(0.5)
    ((found, stretch),) = run.noticed
    assert (found.reason, found.seconds, stretch.reason) == (Reason.OWN_SUSPENDED, 7200, "own_suspended")


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=["forward", "back"])
def test_a_clock_that_is_set_is_told_once(jump: timedelta) -> None:
    run = Run()
    run.clock.wall += jump
    run.on(0.5)
    run.on(0.5)
    assert [found.reason for found, _ in run.noticed] == [Reason.OWN_CLOCK]


@pytest.mark.parametrize(
    ("began_s", "latency_ms", "excused"),
    [(-4, 3000.0, True), (-4, 10.0, True), (-60, 10.0, False), (-1, 1500.0, True), (-1, 60_000.0, False)],
    ids=["across the end", "inside", "long before", "ends right after", "ends long after"],
)
def test_failures_inside_or_right_after_a_stall_are_excused(began_s: float, latency_ms: float, excused: bool) -> None:
    run = Run()
    run.on(10)
    outcome = msgspec.structs.replace(TIMEOUT, latency_ms=latency_ms)
    judged = run.steadiness.excuse(made(outcome, at=run.clock.now() + timedelta(seconds=began_s)))
    assert (judged.finding is Finding.UNKNOWN) is excused
    if excused:
        assert judged.reason is Reason.OWN_STALL
        assert TIMEOUT.message in judged.message


@pytest.mark.parametrize(
    ("outcome", "excused"),
    [(TIMEOUT, True), (DEGRADED, True), (DOWN, False), (UP, False)],
    ids=["no answer", "slow", "refused", "fine"],
)
def test_only_what_a_hold_up_can_look_like_is_excused(outcome: Outcome, excused: bool) -> None:
    run = Run()
    result = made(msgspec.structs.replace(outcome, latency_ms=900.0), at=run.clock.now())
    assert run.steadiness.excuse(result) is result, "nothing has happened yet"
    run.on(10)
    assert (run.steadiness.excuse(result) is not result) is excused
