"""The monitors of a probe: kept in step with what the primary says, whole or by change, one bad row alone."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from asura import __version__, log
from asura.domain import wire
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.status import Finding
from asura.domain.wire import Assigned, Assignment
from asura.net.network import open_network
from asura.probe.plans import AT_ONCE, Plans
from asura.running.runner import Runner
from tests.probe.kit import http
from tests.running.kit import made
from tests.world import DOWN, UP, FakeClock

LONG_AGO = 1_000.0


class Desk:
    """Plans over a real runner whose scheduler is looked into, on a clock turned by hand."""

    def __init__(self, **limits: int) -> None:
        self.clock = FakeClock()
        self.results: list[Result] = []
        self.runner = Runner(self.clock, open_network(), self.results.append, region="eu")
        self.forgotten: list[int] = []
        self.plans = Plans(self.runner, self.clock.now, forgotten=self.forgotten.append, **limits)
        self.version = 0

    def take(self, *monitors: Assignment, full: bool = False, gone: tuple[int, ...] = (), version: str = "") -> int:
        """Take in what is assigned, and return how often others had their turn meanwhile."""
        self.version += 1
        tag = f"t{self.version}"
        assigned = Assigned(
            tag=tag, full=full, monitors=monitors, gone=gone, probe_id=1, region="eu", version=version, now=0
        )
        taking, turns = self.plans.take(assigned, since=self.plans.tag), 0
        try:
            while True:
                taking.send(None)
                turns += 1
        except StopIteration:
            return turns

    def due(self) -> dict[int, float]:
        """Return in how many seconds each monitor is due next."""
        soonest: dict[int, float] = {}
        for turn in sorted(self.runner.scheduler._heap):
            plan = self.runner.scheduler._plans.get(turn.monitor_id)
            if plan is not None and plan.generation == turn.generation:
                soonest.setdefault(turn.monitor_id, turn.due - self.clock.monotonic())
        return soonest

    def known(self) -> list[tuple[int, int]]:
        return [(plan.monitor_id, plan.generation) for plan in self.plans.all()]


def seen(**more: Any) -> dict[str, Any]:
    """Return the fields of a monitor that its region has checked just now."""
    return {"last_at": FakeClock().now().timestamp()} | more


def test_everything_comes_first_and_then_what_has_changed() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/"), http(2, "http://b/"), full=True)
    desk.take(http(3, "http://c/"), http(2, "http://b2/", generation=2), gone=(1,))
    assert desk.known() == [(2, 2), (3, 1)]
    assert desk.plans.tag == "t2"
    desk.take(http(3, "http://c/"), full=True)
    assert desk.known() == [(3, 1)]
    assert list(desk.due()) == [3]


def test_what_was_never_checked_begins_at_once_and_the_rest_goes_on_in_its_place() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/"), http(2, "http://b/", **seen()), http(3, "http://c/", last_at=LONG_AGO), full=True)
    due = desk.due()
    assert due[1] == 0
    assert 0 < due[2] <= 60
    assert 0 < due[3] <= 60


def test_a_new_region_begins_with_some_at_once_and_spreads_the_others_over_a_minute() -> None:
    desk = Desk()
    turns = desk.take(*(http(id_, "http://a/", interval=3600) for id_ in range(1, AT_ONCE + 1001)), full=True)
    assert turns == 6, "and others have their turn between some and some"
    due = desk.due().values()
    assert sum(one == 0 for one in due) == AT_ONCE
    assert max(due) <= 60
    within = [sum(start <= one < start + 10 for one in due if one) for start in range(0, 60, 10)]
    assert all(120 < count < 210 for count in within), within


def test_who_is_asked_for_is_checked_at_once_and_who_is_told_again_is_left_alone() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/", asked=5, **seen()), full=True)
    due = desk.due()[1]
    assert due > 0, "what was asked of somebody else is no wish to this process"
    desk.take(http(1, "http://a/", asked=5, **seen()))
    assert desk.due() == {1: due}
    assert len(desk.runner.scheduler._heap) == 1
    desk.take(http(1, "http://a/", asked=9, **seen()))
    assert desk.due() == {1: 0}


def test_an_edit_that_leaves_the_generation_is_taken_in_too() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/", interval=60, **seen()), full=True)
    desk.take(http(1, "http://a/", interval=10, **seen()))
    assert desk.plans.all()[0].interval == 10
    assert desk.due()[1] <= 10
    assert desk.forgotten.count(1) == 2


def test_a_wish_that_comes_while_the_check_runs_is_fulfilled_after_it() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/", **seen()), full=True)
    began = desk.clock.now()
    desk.clock.turn(1)
    desk.take(http(1, "http://a/", asked=1, **seen()))
    desk.runner.scheduler._heap.clear()
    desk.plans.found(made(UP, at=began))
    assert desk.due() == {1: 0}, "this one began before anybody asked"
    desk.runner.scheduler._heap.clear()
    desk.plans.found(made(UP, at=desk.clock.now()))
    desk.plans.found(made(UP, at=desk.clock.now() + timedelta(seconds=60)))
    assert desk.due() == {}, "the wish is fulfilled"


def test_results_of_strangers_are_passed_over() -> None:
    desk = Desk()
    desk.plans.found(made(UP, at=desk.clock.now(), monitor_id=99))
    assert list(desk.plans.seen()) == []


def test_what_was_found_last_is_kept_for_the_look_at_ourselves() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/"), http(2, "http://b/"), full=True)
    desk.plans.found(made(DOWN, at=desk.clock.now()))
    (first, last), second = desk.plans.seen()
    assert (first, second) == ("http://a/", ("http://b/", None))
    assert last is not None
    assert last.finding is Finding.DOWN


def test_what_has_changed_since_another_tag_is_passed_over() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/"), full=True)
    late = Assigned(tag="t9", full=False, monitors=(http(2, "http://b/"),), probe_id=1, region="eu", now=0)
    desk.plans.clear()
    with pytest.raises(StopIteration):
        desk.plans.take(late, since="t1").send(None)
    assert (desk.known(), desk.plans.tag) == ([], "")


def test_what_is_forgotten_while_it_is_taken_in_stays_forgotten() -> None:
    desk = Desk()
    many = tuple(http(id_, "http://a/") for id_ in range(1, 2_000))
    taking = desk.plans.take(Assigned(tag="t1", full=True, monitors=many, probe_id=1, region="eu", now=0))
    taking.send(None)
    desk.plans.clear()
    with pytest.raises(StopIteration):
        taking.send(None)
    assert (desk.known(), desk.plans.tag) == ([], "")


async def found_by(desk: Desk, monitor_id: int) -> Result:
    plan = next(one for one in desk.plans.all() if one.monitor_id == monitor_id)
    return await desk.runner.run_once(plan)


@pytest.mark.parametrize(
    ("bad", "version", "words"),
    [
        ({"type": "telepathy"}, "9.9.9", "has no check type 'telepathy': upgrade it to 9.9.9."),
        ({"settings": {"colour": "red"}}, "9.9.9", "does not understand the settings of this check"),
        ({"settings": {"method": 5}}, __version__, "correct the monitor."),
        ({"target": "ftp://a/"}, __version__, "correct the monitor."),
        ({"assertions": (Assertion("aura", "glows"),)}, "9.9.9", "(assertions[0]"),
    ],
)
async def test_what_cannot_be_run_here_says_so_and_leaves_the_others_alone(
    bad: dict[str, Any], version: str, words: str
) -> None:
    desk = Desk()
    desk.take(msgspec.structs.replace(http(1, "http://a/"), **bad), http(2, "http://b/"), full=True, version=version)
    assert desk.known() == [(1, 1), (2, 1)]
    result = await found_by(desk, 1)
    assert (result.finding, result.reason) == (Finding.UNKNOWN, Reason.NOT_PERMITTED)
    assert f"This probe (asura {__version__})" in result.message
    assert words in result.message


@pytest.mark.parametrize(
    "odd",
    [
        {"id": 10**400},
        {"interval": 0},
        {"interval": -5},
        {"interval": 1e308},
        {"timeout": -1},
        {"retries": 10**9},
        {"retry_interval": -1},
        {"last_at": 1e300},
        {"generation": -7},
    ],
)
async def test_a_row_of_a_mad_primary_breaks_nothing(odd: dict[str, Any]) -> None:
    desk = Desk()
    desk.take(msgspec.structs.replace(http(1, "http://127.0.0.1:1/"), **odd), http(2, "http://b/"), full=True)
    assert 2 in dict(desk.known())
    desk.clock.turn(3)
    async with asyncio.timeout(5):
        desk.runner.scheduler.tick()
        await desk.runner.stop()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    caplog.clear()
    return found


def test_many_that_cannot_be_run_are_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.take(*(http(id_, "http://a/", type="telepathy") for id_ in range(1, 501)), full=True)
    (line,) = lines(caplog)
    assert line.startswith("Monitor 1 is not checked. This probe")
    assert line.endswith("So it is with 499 more.")
    desk.take(http(600, "http://a/", type="telepathy"), http(10**400, "http://a/"))
    desk.clock.turn(59)
    desk.plans.unfit.tell()
    assert lines(caplog) == []
    desk.clock.turn(1)
    desk.plans.unfit.tell()
    (line,) = lines(caplog)
    assert line.startswith("Monitor 600 is not checked.")
    desk.clock.turn(100)
    desk.plans.unfit.tell()
    assert lines(caplog) == []


def test_no_primary_fills_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(most=3, most_bytes=5_000)
    desk.take(*(http(id_, "http://a/") for id_ in range(1, 6)), full=True)
    assert [one for one, _ in desk.known()] == [1, 2, 3]
    assert lines(caplog) == ["Monitor 4 is not checked: this probe holds as many as it can. So it is with 1 more."]
    # One that is held is edited all the same; one that goes makes room, and so do its bytes.
    desk.take(http(2, "http://b/", generation=2))
    desk.take(http(7, f"http://a/{'x' * 4_000}"), gone=(1,))
    desk.take(http(3, f"http://a/{'x' * 4_000}", generation=2), http(8, "http://a/"))
    assert desk.known() == [(2, 2), (7, 1), (8, 1)]
    desk.take(http(9, f"http://a/{'x' * 4_000}"), full=True)
    assert desk.known() == [(9, 1)]


async def test_secrets_of_settings_are_in_no_line_of_the_log_and_in_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    secret = "s3cr3t-of-the-shop"
    settings = {"auth": {"type": "basic", "username": "u", "password": secret}}
    monitor = http(1, "http://a/", settings=settings)
    desk.take(monitor, full=True)
    (plan,) = desk.plans.all()
    assert plan.check.name == "http"
    assert secret not in f"{monitor!r} {plan!r} {desk.plans._known!r} {Assigned.__repr__(_whole(monitor))}"
    record = logging.LogRecord("x", logging.INFO, "x", 1, f"the target said {secret}", (), None)
    assert secret not in log.TextFormatter().format(record)


def _whole(monitor: Assignment) -> wire.Assigned:
    return Assigned(tag="t", full=True, monitors=(monitor,), probe_id=1, region="eu", now=0)


def test_clearing_forgets_everything_and_asks_for_everything() -> None:
    desk = Desk()
    desk.take(http(1, "http://a/"), http(2, "http://b/"), full=True)
    desk.plans.clear()
    assert (len(desk.plans), desk.plans.tag, desk.due()) == (0, "", {})
