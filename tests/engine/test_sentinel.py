"""The sentinel: one look for all who ask, one gap while we are blind, and one page when it lasts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from asura.domain.monitor import MonitorConfig
from asura.domain.result import Outcome, Result
from asura.domain.span import Gap
from asura.domain.status import Finding
from asura.engine.options import EngineOptions
from asura.running.lookout import CanaryTarget
from tests.engine.kit import copied, found, rows
from tests.world import DOWN, TIMEOUT, UP, World, world

GATEWAY = CanaryTarget("the gateway", "host", MonitorConfig(name="gateway", type="fake", target="gateway"))
OPTIONS = EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))
GAPS = "SELECT reason, to_at IS NULL FROM gaps ORDER BY id"


async def look(w: World, seconds: float = 5) -> None:
    w.clock.turn(seconds)
    await w.engine.sentinel.tick(w.clock.now())


async def blind(w: World) -> None:
    """Let the gateway answer once, and then no more."""
    await look(w)
    w.say(TIMEOUT, "gateway")
    await look(w)


async def test_all_who_ask_at_once_share_one_look(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await look(w)
        w.clock.turn(1)
        w.check.made.clear()
        await asyncio.gather(*(w.engine.sentinel.look() for _ in range(50)))
        assert w.check.made.count("gateway") == 1
        await w.engine.sentinel.look()
        assert w.check.made.count("gateway") == 1, "and for a second after it"
        w.clock.turn(1)
        await w.engine.sentinel.look()
        assert w.check.made.count("gateway") == 2


async def test_one_who_gives_up_does_not_take_the_look_from_the_others(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await look(w)
        w.clock.turn(1)
        w.check.made.clear()
        asked = [asyncio.ensure_future(w.engine.sentinel.look()) for _ in range(2)]
        await asyncio.sleep(0)
        asked[0].cancel()
        await asked[1]
        assert w.check.made.count("gateway") == 1


async def test_a_look_that_fails_swallows_no_result(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await w.monitor(retries=0, failure_threshold=1)
        broken: Callable[[MonitorConfig], Awaitable[Result]] = _broken
        w.engine.sentinel._ask = broken
        w.say(TIMEOUT)
        await w.advance(61)
        assert w.status() == "down"
        assert w.take() == [("ops", "DOWN: Shop")]


async def _broken(config: MonitorConfig) -> Result:
    raise LookupError("no such canary")


async def test_a_gap_is_stored_while_we_are_blind_and_ended_when_we_see(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await blind(w)
        assert await rows(w.store, GAPS) == [("own_network", 1)]
        assert await w.engine.sentinel.tick(w.clock.now()) == w.clock.now() + timedelta(seconds=3)
        w.say(UP, "gateway")
        await look(w)
        assert await rows(w.store, GAPS) == [("own_network", 0)]
        assert [gap.to_at for gap in w.engine.live.gaps] == [w.clock.now()]
        assert await w.engine.sentinel.tick(w.clock.now()) == w.clock.now() + timedelta(seconds=10)


async def test_a_stall_while_we_are_blind_leaves_no_gap_open(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await blind(w)
        w.clock.turn(30)
        await w.engine.auditor.tick(w.clock.now())
        await look(w)
        w.say(UP, "gateway")
        await look(w)
        assert sorted(await rows(w.store, GAPS)) == [("own_network", 0), ("own_stall", 0)]
        assert all(gap.to_at is not None for gap in w.engine.live.gaps)


async def test_a_restart_ends_a_gap_that_was_open(tmp_path: Path) -> None:
    async with world(tmp_path / "first", OPTIONS) as w:
        await blind(w)
        folder = copied(w.folder)
        now = w.clock.now()
    one = World(folder)
    one.clock.turn((now - one.clock.now()).total_seconds() + 60)
    await one.start()
    assert ("own_network", 0) in await rows(one.store, GAPS)
    assert all(gap.to_at is not None for gap in one.engine.live.gaps)
    assert not any(row[1] for row in await rows(one.store, GAPS))
    await one.close()


async def test_it_is_paged_once_after_ten_minutes_and_again_only_for_a_new_gap(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await w.channel("deaf", events=["incident.opened"])
        for _ in range(2):
            await blind(w)
            await look(w, 590)
            await w.settle()
            assert w.take() == []
            await look(w, 15)
            await look(w, 3000)
            await w.settle()
            assert w.take() == [("ops", "asura cannot see: its own connection is at fault")]
            w.say(UP, "gateway")
            await look(w)
    assert w.messages[0].key != w.messages[1].key


async def test_what_an_answer_of_the_target_shows_is_not_excused(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        shop = await w.monitor()
        await blind(w)
        excused = w.engine.sentinel.excuse(found(shop, TIMEOUT, at=w.clock.now()))
        assert (excused.finding, excused.reason.value) == (Finding.UNKNOWN, "own_network")
        refused = found(shop, DOWN, at=w.clock.now())
        assert w.engine.sentinel.excuse(refused) is refused


@pytest.mark.parametrize("said", [PermissionError("raw sockets"), DOWN, UP], ids=["not asked", "refused", "fine"])
async def test_a_canary_that_refuses_has_answered_and_one_that_we_failed_to_ask_has_no_vote(
    tmp_path: Path, said: Outcome | Exception
) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await look(w)
        w.say(said, "gateway")
        await look(w)
        assert w.engine.sentinel.blind is None


async def test_the_gap_of_another_part_is_left_alone(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        other = Gap(w.clock.now(), None, "own_store")
        w.engine.live.gaps.append(other)
        await look(w)
        assert (w.engine.sentinel.blind, w.engine.live.gaps) == (None, [other])


async def test_a_check_by_hand_is_held_against_the_canaries_like_any_other(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        shop = await w.monitor(retries=0, failure_threshold=1)
        await look(w)
        w.say(TIMEOUT, "gateway")
        w.say(TIMEOUT)
        w.clock.turn(2)
        await w.engine.monitors.check_now(shop.id)
        assert w.status() == "unknown", "nobody is told of an outage that is ours"


async def test_no_result_waits_for_a_canary_that_has_no_vote(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.engine.sentinel.look()
        assert w.check.made == []
