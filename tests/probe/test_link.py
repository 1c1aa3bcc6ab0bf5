"""The connection as it is known: when it is told, how long a lane waits, and who is let through again."""

import asyncio
import logging
import time

import pytest

from asura.probe.link import LONGEST_S, SHORTEST_S, Link, pause_s
from asura.probe.trouble import Kind, Trouble
from tests.world import FakeClock

AWAY = Trouble(Kind.AWAY, "The primary cannot be reached.")
QUICK = Trouble(Kind.AWAY, "The primary is busy.", retry_after=0)
KEY = Trouble(Kind.KEY, "The primary does not know the key.")


def link(clock: FakeClock | None = None) -> tuple[Link, list[str]]:
    seen: list[str] = []
    made = Link(clock or FakeClock(), changed=lambda: seen.append(made.words()))
    return made, seen


def test_the_pause_grows_from_half_a_second_to_fifteen() -> None:
    longest = [pause_s(attempt, AWAY, 1.0) for attempt in range(8)]
    assert longest == [0.5, 1, 2, 4, 8, 15, 15, 15]
    assert [pause_s(attempt, AWAY, 0.0) for attempt in (0, 1000)] == [SHORTEST_S / 2, LONGEST_S / 2]


def test_who_says_when_to_come_again_is_obeyed() -> None:
    late = Trouble(Kind.AWAY, "Later.", retry_after=42)
    assert 42 <= pause_s(0, late, 0.5) < 43


@pytest.mark.parametrize(
    ("kind", "seconds"), [(Kind.KEY, 30), (Kind.VERSION, 30), (Kind.ADDRESS, 15), (Kind.SUPERSEDED, 5)]
)
def test_what_nothing_heals_soon_is_asked_seldom(kind: Kind, seconds: float) -> None:
    assert pause_s(0, Trouble(kind, "x"), 0.5) == pytest.approx(seconds)


async def test_a_change_is_told_once_and_a_trouble_that_lasts_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    one, seen = link(clock)
    one.good("fetch")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            await _soon(one.bad("fetch", AWAY))
        clock.turn(61)
        await _soon(one.bad("fetch", AWAY))
        await _soon(one.bad("deliver", QUICK))
    assert caplog.messages == [AWAY.sentence, AWAY.sentence]
    one.good("fetch")
    one.good("fetch")
    assert seen == ["primary answers", "primary does not answer"]
    one.good("deliver")
    assert seen[2:] == ["primary answers"]


async def test_another_trouble_is_another_change() -> None:
    one, seen = link()
    one.good("fetch")
    await _soon(one.bad("fetch", AWAY))
    await _soon(one.bad("fetch", KEY))
    assert seen[1:] == ["primary does not answer", "primary refuses the key"]
    assert not one.welcome
    one.good("fetch")
    assert one.welcome


async def test_a_key_that_was_never_known_is_hopeless_and_one_that_was_is_not() -> None:
    one, _ = link()
    with pytest.raises(Trouble):
        await one.bad("fetch", KEY)
    one.good("fetch")
    await _soon(one.bad("fetch", KEY))


async def test_a_lane_that_gets_through_again_lets_the_other_one_go_on() -> None:
    one, _ = link()
    one.good("fetch")
    waiting = [asyncio.create_task(one.bad(lane, Trouble(Kind.AWAY, "x", retry_after=60))) for lane in ("a", "b")]
    await asyncio.sleep(0)
    began = time.monotonic()
    one.good("a")
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert time.monotonic() - began < 1


async def _soon(waiting: object) -> None:
    """Begin to wait, and wait no longer."""
    task = asyncio.ensure_future(waiting)  # type: ignore[call-overload]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if not task.done():
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
