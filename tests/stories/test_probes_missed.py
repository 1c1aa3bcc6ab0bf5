"""When nobody is to be told of a probe: it is we who were away, or it is not news any more."""

from datetime import timedelta
from pathlib import Path

from asura.domain.consensus import Silence
from asura.domain.monitor import MonitorConfig
from asura.engine.options import EngineOptions
from asura.engine.sentinel import CanaryTarget
from tests.engine.calling import OPTIONS, again, live_on, mute, region_gaps, settled, texts
from tests.engine.probes_kit import Place
from tests.world import TIMEOUT, UP, World, world

GATEWAY = CanaryTarget("the gateway", "host", MonitorConfig(name="gateway", type="fake", target="gateway"))


async def test_a_restart_of_the_primary_tells_nobody_anything(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        places = await settled(w, "eu/hetzner", "us/aws")
        for after in (2, 3600):
            await w.restart(after=after)
            assert mute(w) == {}
            await live_on(w, 14)
            assert [w.engine.roster.standing(one.probe.id).online for one in places] == [True, True]
            places = again(w, places)
            await live_on(w, 60, *places)
        assert [await region_gaps(w, region) for region in ("eu", "us")] == [[], []]


async def test_one_that_does_not_come_back_after_a_restart_is_told_of(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        places = await settled(w, "eu/hetzner", "us/aws")
        await w.restart(after=2)
        _, us = again(w, places)
        await live_on(w, 25, us)
        assert mute(w) == {"eu": Silence.OFFLINE}
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]


async def test_one_that_was_gone_before_a_restart_is_not_told_of_again_and_is_when_it_is_back(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 60, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]
        for _ in range(2):
            await w.restart(after=30)
            # Its vote is not given back for a moment at each restart.
            assert mute(w) == {"eu": Silence.OFFLINE}
            eu, us = again(w, [eu, us])
            await live_on(w, 60, us)
        assert [end is None for _, _, end in await region_gaps(w, "eu")] == [False, False, True]
        await live_on(w, 30, eu, us)
        assert w.take() == [("ops", "Probe eu/hetzner is back")]
        await w.restart(after=2)
        await live_on(w, 30, *again(w, [eu, us]))


async def test_one_that_is_back_during_our_absence_is_told_of_too(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 60, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]
        await w.restart(after=5)
        await live_on(w, 30, *again(w, [eu, us]))
        assert w.take() == [("ops", "Probe eu/hetzner is back")]
        assert [end is None for _, _, end in await region_gaps(w, "eu")] == [False, False]


async def test_a_stall_of_ours_makes_no_probe_gone(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        for seconds in (14, 40, 600):
            w.clock.turn(seconds)
            await w.settle()
            assert mute(w) == {}
            await live_on(w, 14)
            assert mute(w) == {}
            await live_on(w, 30, eu, us)
        await live_on(w, 25, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]


async def test_a_sleep_of_ours_makes_no_probe_gone(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 10)
        w.clock.wall += timedelta(hours=8)
        w.clock.slept += 8 * 3600
        await live_on(w, 14)
        assert mute(w) == {}
        await live_on(w, 30, eu, us)


async def test_the_clock_of_the_wall_makes_no_probe_gone(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        for hours in (3, -3):
            w.clock.wall += timedelta(hours=hours)
            await live_on(w, 60, eu, us)
        assert mute(w) == {}


async def test_while_our_own_connection_is_dead_nobody_is_told_of_probes(tmp_path: Path) -> None:
    options = EngineOptions(url="https://asura.example", canaries=lambda: (GATEWAY,))
    async with world(tmp_path, options) as w:
        await w.channel()
        await w.engine.sentinel.tick(w.clock.now())
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        w.say(TIMEOUT, "gateway")
        await live_on(w, 10)
        await w.engine.sentinel.tick(w.clock.now())
        await live_on(w, 300)
        assert mute(w) == {"eu": Silence.OFFLINE, "us": Silence.OFFLINE}
        assert w.take() == []
        w.say(UP, "gateway")
        await w.engine.sentinel.tick(w.clock.now())
        # Each has its time to call, from when we can hear again.
        await live_on(w, 14, us)
        assert w.take() == []
        await live_on(w, 10, us)
        assert w.sent == [("ops", "Probe eu/hetzner is gone")]
        (text,) = texts(w)
        assert text.endswith("Its region has no vote now.")
        await live_on(w, 30, eu, us)
        assert w.take() == [("ops", "Probe eu/hetzner is back")]


async def test_a_probe_that_never_called_has_no_say_and_is_not_missed(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await w.monitor(interval=60)
        await w.engine.probes.create("eu", "hetzner", by="ada")
        await live_on(w, 60)
        view = w.engine.live.find("shop")
        assert view is not None and view.electorate.regions == ("local",)
        await w.restart(after=60)
        view = w.engine.live.find("shop")
        assert view is not None and view.electorate.regions == ("local",)
        await live_on(w, 60)
        (eu,) = await settled_again(w)
        view = w.engine.live.find("shop")
        assert view is not None and view.electorate.regions == ("local", "eu")
        await live_on(w, 60, eu)


async def settled_again(w: World) -> list[Place]:
    places = [Place(w, probe) for probe in w.engine.probes.list()]
    for one in places:
        assert one.pull() is not None
    return places


async def test_a_probe_that_comes_and_goes_is_told_of_once_and_then_only_when_it_is_steady(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        for _ in range(10):
            await live_on(w, 30, us)
            await live_on(w, 30, eu, us)
        assert [title for _, title in w.take()] == [
            "Probe eu/hetzner is gone",
            "Probe eu/hetzner is back",
            "Probe eu/hetzner is gone",
            "Probe eu/hetzner comes and goes",
        ]
        await live_on(w, 630, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]
        await live_on(w, 600, eu, us)
        assert w.take() == [("ops", "Probe eu/hetzner is back")]


async def test_a_silence_that_is_over_before_anybody_was_told_was_none(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 17, us)
        assert mute(w) == {"eu": Silence.OFFLINE}
        await live_on(w, 60, eu, us)
        assert mute(w) == {}


async def test_only_channels_that_want_it_are_told(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel("deaf", events=["incident.opened"])
        _, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 60, us)
        assert w.take() == []
        # People could have known: at the next start it is not news.
        await w.channel()
        await w.restart(after=2)
        (us,) = again(w, [us])
        await live_on(w, 60, us)
