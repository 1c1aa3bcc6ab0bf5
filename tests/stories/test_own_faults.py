"""What is our own fault is never the target's: told on a fake clock."""

from datetime import timedelta
from pathlib import Path

import msgspec

from asura.domain.monitor import MonitorConfig
from asura.domain.result import Outcome
from asura.engine.options import EngineOptions
from asura.running.lookout import CanaryTarget
from asura.store import spans
from tests.world import DEGRADED, DOWN, TIMEOUT, UP, World, world

GATEWAY = CanaryTarget("the gateway", "host", MonitorConfig(name="gateway", type="fake", target="gateway"))


async def test_a_bug_of_ours_is_unknown_and_wakes_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60)
        w.say(ZeroDivisionError("ours"))
        await w.advance(300)
        assert w.status() == "unknown"
        assert w.open_incidents() == []
        w.say(UP)
        await w.advance(61)
        assert w.status() == "up"
        async with w.store.read() as reader:
            rows = await spans.read(reader, w.id(), w.clock.now() - timedelta(hours=1), w.clock.now())
        assert [span.status.value for span in rows if span.status.value != "pending"] == ["up", "unknown", "up"]


async def test_an_outage_that_a_bug_hides_is_still_the_same_outage_after_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(61)
        assert len(w.take()) == 1
        w.say(ValueError("ours"))
        await w.advance(120)
        assert w.status() == "unknown"
        w.say(DOWN)
        await w.advance(61)
        assert w.status() == "down"
        assert len(w.open_incidents()) == 1


async def test_a_dead_uplink_makes_everything_unknown_and_is_paged_once_after_ten_minutes(tmp_path: Path) -> None:
    async with world(tmp_path, EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))) as w:
        await w.channel()
        for name in ("shop", "blog", "mail"):
            await w.monitor(name, interval=60, retries=0, failure_threshold=1)
        await _watch(w, 60)
        for name in ("shop", "blog", "mail", "gateway"):
            w.say(TIMEOUT, name)
        await _watch(w, 300)
        assert [w.status(name) for name in ("shop", "blog", "mail")] == ["unknown"] * 3
        assert w.take() == []
        await _watch(w, 400)
        assert w.take() == [("ops", "asura cannot see: its own connection is at fault")]
        for name in ("shop", "blog", "mail", "gateway"):
            w.say(UP, name)
        await _watch(w, 120)
        assert [w.status(name) for name in ("shop", "blog", "mail")] == ["up"] * 3
        (gap,) = w.gaps()
        assert gap.to_at is not None
        assert gap.to_at - gap.from_at > timedelta(minutes=10)
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.uptime_24h(w.clock.now()) == 1.0
        assert "k" in view.strip(w.clock.now())


async def test_a_target_that_fails_while_the_gateway_answers_is_to_blame(tmp_path: Path) -> None:
    async with world(tmp_path, EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        await _watch(w, 30)
        w.say(TIMEOUT)
        await _watch(w, 61)
        assert w.status() == "down"
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_a_canary_that_never_answered_has_no_vote(tmp_path: Path) -> None:
    async with world(tmp_path, EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))) as w:
        await w.channel()
        w.say(TIMEOUT, "gateway")
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(TIMEOUT)
        await _watch(w, 61)
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_a_restart_while_the_uplink_is_dead_still_knows_whom_to_trust(tmp_path: Path) -> None:
    async with world(tmp_path, EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        await _watch(w, 30)
        w.say(TIMEOUT)
        w.say(TIMEOUT, "gateway")
        await w.restart(after=5)
        await _watch(w, 120)
        assert w.status() == "unknown"
        w.say(UP)
        w.say(UP, "gateway")
        await _watch(w, 120)
        assert w.status() == "up"


async def test_slowness_that_a_stall_of_ours_made_does_not_count(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DEGRADED)
        w.clock.turn(75)
        await w.settle()
        assert w.status() == "unknown"
        w.say(UP)
        await w.advance(61)
        assert w.status() == "up"


async def test_an_upside_down_monitor_is_unknown_while_the_uplink_is_dead(tmp_path: Path) -> None:
    async with world(tmp_path, EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))) as w:
        w.say(TIMEOUT)
        await w.monitor(interval=60, retries=0, failure_threshold=1, upside_down=True)
        await _watch(w, 60)
        assert w.status() == "up"
        w.say(TIMEOUT, "gateway")
        await _watch(w, 120)
        assert w.status() == "unknown"


async def test_checks_that_a_stall_of_ours_cut_short_do_not_count(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        cut = Outcome(TIMEOUT.finding, TIMEOUT.reason, TIMEOUT.message, 100.0)
        w.say(cut)
        w.clock.turn(75)
        await w.settle()
        assert w.status() == "unknown"
        w.say(UP)
        await w.advance(61)
        assert w.status() == "up"


async def test_a_machine_that_slept_blames_nobody_and_leaves_a_gap(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(msgspec.structs.replace(TIMEOUT, latency_ms=100.0))
        w.clock.wall += timedelta(hours=8)
        w.clock.slept += 8 * 3600
        await w.advance(0.5)
        await w.engine.auditor.tick(w.clock.now())
        (gap,) = w.gaps()
        assert gap.reason == "own_suspended"
        w.say(UP)
        await w.advance(61)
        assert w.status() == "up"


async def test_the_time_in_which_nothing_ran_is_unknown_not_up(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(interval=60)
        await w.advance(120)
        await w.engine.janitor.tick(w.clock.now())
        await w.restart(after=3600)
        await w.advance(120)
        view = w.engine.live.find("shop")
        assert view is not None
        (gap,) = w.gaps()
        assert gap.reason == "not_running"
        found = [span.status.value for span in view.spans(w.clock.now()) if span.status.value != "pending"]
        assert found == ["up", "unknown", "up"]


async def _watch(w: World, seconds: float) -> None:
    """Let time pass with the sentinel at work, which is a loop of its own."""
    for _ in range(int(seconds // 5)):
        await w.engine.sentinel.tick(w.clock.now())
        await w.advance(5)
    await w.engine.sentinel.tick(w.clock.now())
    while w.engine.notifier.wake.is_set():
        await w.settle()
