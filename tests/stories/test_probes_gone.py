"""Probes go and come back: who has a vote then, who checks, who is told, and who is left in peace."""

from datetime import timedelta
from pathlib import Path

import msgspec

from asura.domain.consensus import Silence
from asura.domain.region import RegionRule
from asura.engine.options import ProbeOptions
from asura.store import spans
from tests.engine.calling import BLIND, OPTIONS, again, live_on, mute, region_gaps, report, settled, texts
from tests.engine.kit import rows
from tests.engine.probes_kit import place, saw
from tests.world import TIMEOUT, World, world


async def test_a_probe_that_is_gone_loses_its_vote_and_is_told_of_once_and_so_is_one_that_is_back(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await w.monitor(interval=60)
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        view = w.engine.live.find("shop")
        assert view is not None and view.electorate.regions == ("local", "eu", "us")
        assert mute(w) == {}
        heard_at = w.clock.now()
        await live_on(w, 14.5, us)
        assert (mute(w), w.take()) == ({}, [])
        await live_on(w, 0.5, us)
        assert mute(w) == {"eu": Silence.OFFLINE}
        assert not w.engine.roster.standing(eu.probe.id).online
        assert w.take() == []
        await live_on(w, 5, us)
        assert w.messages[-1].event == "probe.offline"
        assert w.sent == [("ops", "Probe eu/hetzner is gone")]
        assert texts(w) == [f"Not heard since {heard_at:%Y-%m-%d %H:%M:%S} UTC. Its region has no vote now."]
        await live_on(w, 1200, us)
        assert w.take() == []
        await live_on(w, 30, eu, us)
        assert mute(w) == {}
        assert w.messages[-1].event == "probe.online"
        assert w.sent == [("ops", "Probe eu/hetzner is back")]
        assert texts(w) == ["It was not heard for 20 min 20 s. Its region has its vote."]
        (gap,) = await region_gaps(w, "eu")
        assert gap == ("region_offline", 1250.0, 30.0)
        assert await region_gaps(w, "us") == []


async def test_a_frozen_probe_that_keeps_its_connection_open_is_gone_all_the_same(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        w.engine.roster.polling(eu.probe.id, eu.boot, begins=True)
        await live_on(w, 25, us)
        assert mute(w) == {"eu": Silence.OFFLINE}
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]


async def test_what_a_region_saw_is_unknown_while_its_probe_is_gone(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        shop = await w.monitor(interval=60)
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        for one in (eu, us):
            await one.deliver(saw(shop, at=w.clock.now()))
        await live_on(w, 30, eu, us)
        await live_on(w, 60, us)
        await live_on(w, 30, eu, us)
        now = w.clock.now()
        async with w.store.read() as reader:
            seen = await spans.read(reader, shop.id, now - timedelta(seconds=120), now, region="eu")
        assert [(span.status.value, span.reason) for span in seen] == [
            ("up", "ok"),
            ("unknown", "region_offline"),
            ("up", "ok"),
        ]
        assert w.status() == "up"


async def test_the_last_probe_that_is_gone_leaves_the_checks_from_here(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await settled(w, "eu/hetzner")
        await live_on(w, 25)
        (text,) = texts(w)
        assert text.endswith("All probes are gone: checks from here go on.")


async def test_without_checks_from_here_nothing_is_checked_when_all_are_gone_and_that_is_said(tmp_path: Path) -> None:
    options = msgspec.structs.replace(OPTIONS, probes=ProbeOptions(rule=RegionRule(local=False)))
    async with world(tmp_path, options) as w:
        await w.channel()
        shop = await w.monitor(interval=60)
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await eu.deliver(saw(shop, at=w.clock.now()))
        await w.settle()
        assert w.status() == "up"
        await live_on(w, 200)
        assert w.status() == "unknown"
        assert w.sent == [("ops", "All probes are gone")]
        (text,) = texts(w)
        assert "They are eu/hetzner, us/aws." in text
        assert text.endswith("Nothing is checked now, as asura itself is set not to.")
        await live_on(w, 30, eu, us)
        assert w.take() == [("ops", "All probes are back")]


async def test_those_that_go_together_are_one_message_for_each_region(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        first, second, us = await settled(w, "eu/hetzner", "eu/ovh", "us/aws")
        # They report at different times.
        await report(first)
        await live_on(w, 3.5, us)
        await report(second)
        await live_on(w, 30, us)
        assert w.sent == [("ops", "2 probes of eu are gone: hetzner, ovh")]
        (text,) = texts(w)
        assert text.endswith("Their region has no vote now.")
        await live_on(w, 20, first, second, us)
        assert w.sent == [("ops", "2 probes of eu are back: hetzner, ovh")]
        (text,) = texts(w)
        assert text.startswith("They were not heard for up to 3")


def all_of(w: World) -> int:
    """Return how many monitors the probes of a region divide: those of the story, and what else is checked."""
    there = [one.monitor for one in w.engine.live.monitors() if one.monitor.id in w.before.monitors]
    checked = [one.config for one in there if one.config.enabled and one.config.type != "heartbeat"]
    return 12 + len([one for one in checked if not one.regions or "eu" in one.regions])


async def test_a_sibling_takes_the_monitors_of_one_that_is_gone_over_and_gives_them_back(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        for number in range(12):
            await w.monitor(f"shop{number}", interval=60, regions=["eu"])
        first, second = await settled(w, "eu/hetzner", "eu/ovh")
        count = w.engine.dispatch.count
        shares = (count(first.probe.id), count(second.probe.id))
        assert sum(shares) == all_of(w) and min(shares) > 0
        second.pull()
        await live_on(w, 15, second)
        assert (count(first.probe.id), count(second.probe.id)) == (0, all_of(w))
        assert len(second.pull().monitors) == shares[0]  # type: ignore[union-attr]
        assert mute(w) == {}
        await live_on(w, 10, second)
        assert w.sent == [("ops", "Probe eu/hetzner is gone")]
        (text,) = texts(w)
        assert text.endswith("Its monitors were taken over by eu/ovh.")
        await live_on(w, 10, first, second)
        assert (count(first.probe.id), count(second.probe.id)) == shares
        assert w.take() == [("ops", "Probe eu/hetzner is back")]


async def test_a_probe_that_says_goodbye_hands_over_at_once_and_may_come_back_unnoticed(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        for number in range(12):
            await w.monitor(f"shop{number}", interval=60, regions=["eu"])
        first, second = await settled(w, "eu/hetzner", "eu/ovh")
        count = w.engine.dispatch.count
        await report(first, bye=True)
        assert not w.engine.roster.standing(first.probe.id).online
        assert (count(first.probe.id), count(second.probe.id)) == (0, all_of(w))
        await live_on(w, 10, second)
        (new,) = again(w, [first], boot="0000-abcdef01")
        new.pull()
        assert w.engine.roster.standing(first.probe.id).online
        assert count(first.probe.id) > 0
        await live_on(w, 60, new, second)
        await report(new, bye=True)
        await live_on(w, 30, second)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]


async def test_a_restart_of_one_probe_lets_no_minority_decide(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        shop = await w.monitor(interval=60, retries=0, failure_threshold=1)
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await us.deliver(saw(shop, at=w.clock.now()))
        await eu.deliver(saw(shop, TIMEOUT, at=w.clock.now()))
        await w.settle()
        assert (w.status(), w.open_incidents()) == ("up", [])
        await report(us, bye=True)
        await live_on(w, 10, eu)
        assert (mute(w), w.open_incidents()) == ({}, [])
        (new,) = again(w, [us], boot="0000-abcdef01")
        new.pull()
        await live_on(w, 20, eu, new)
        assert w.open_incidents() == []


async def test_a_probe_that_cannot_see_has_no_vote_at_once_and_is_told_of_after_ten_minutes(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await report(eu, state=BLIND)
        began_at = w.clock.now()
        assert mute(w) == {"eu": Silence.BLIND}
        for _ in range(118):
            await live_on(w, 5, us)
            await report(eu, state=BLIND)
        assert w.take() == []
        for _ in range(4):
            await live_on(w, 5, us)
            await report(eu, state=BLIND)
        assert w.sent == [("ops", "Probe eu/hetzner cannot see: its own connection is at fault")]
        assert texts(w) == [
            (
                f"The gateway does not answer. Since {began_at:%Y-%m-%d %H:%M:%S} UTC what it finds does not count. "
                "Its region has no vote now."
            )
        ]
        await live_on(w, 5, eu, us)
        assert mute(w) == {}
        await live_on(w, 601, eu, us)
        assert w.take() == [("ops", "Probe eu/hetzner sees again")]
        (gap,) = await region_gaps(w, "eu")
        assert gap[0] == "region_blind"


async def test_a_region_sees_as_long_as_one_of_its_probes_does(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        for number in range(12):
            await w.monitor(f"shop{number}", interval=60, regions=["eu"])
        first, second = await settled(w, "eu/hetzner", "eu/ovh")
        count = w.engine.dispatch.count
        await report(first, state=BLIND)
        assert mute(w) == {}
        assert (count(first.probe.id), count(second.probe.id)) == (0, all_of(w))
        await report(second, state=BLIND)
        assert mute(w) == {"eu": Silence.BLIND}
        await report(first)
        # It counts once it has held.
        assert mute(w) == {"eu": Silence.BLIND}
        await w.advance(2)
        assert mute(w) == {}
        assert (count(first.probe.id), count(second.probe.id)) == (all_of(w), 0)


async def test_a_blind_region_whose_probe_goes_is_offline_then(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 10, us)
        await report(eu, state=BLIND)
        await live_on(w, 15, us)
        assert mute(w) == {"eu": Silence.OFFLINE}
        await live_on(w, 10, eu, us)
        assert [(why, end) for why, _, end in await region_gaps(w, "eu")] == [
            ("region_blind", 10.0),
            ("region_offline", 10.0),
            # It said that it cannot see, and that it can has to hold.
            ("region_blind", 8.0),
        ]


async def test_a_revoked_probe_is_not_missed_and_its_region_decides_nothing_any_more(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        everywhere = await w.monitor(interval=60)
        there = await w.monitor("blog", interval=60, regions=["local", "eu"])
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        for monitor in (everywhere, there):
            await eu.deliver(saw(monitor, at=w.clock.now()))
        await w.settle()
        await w.engine.probes.delete(eu.probe.id)
        shop, blog = w.engine.live.find("shop"), w.engine.live.find("blog")
        assert shop is not None and blog is not None
        assert shop.electorate.regions == ("local", "us")
        assert blog.electorate.regions == ("local", "eu")
        assert mute(w) == {"eu": Silence.OFFLINE}
        await w.settle()
        assert blog.verdict is not None
        assert (blog.verdict.healthy, blog.verdict.silent) == (("local",), (("eu", Silence.OFFLINE),))
        await live_on(w, 120, us)
        assert await rows(w.store, "SELECT count(*) FROM gaps WHERE to_at IS NULL") == [(0,)]


async def test_a_probe_that_was_gone_and_is_revoked_is_not_told_to_be_back(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        eu, us = await settled(w, "eu/hetzner", "us/aws")
        await live_on(w, 60, us)
        assert w.take() == [("ops", "Probe eu/hetzner is gone")]
        await w.engine.probes.delete(eu.probe.id)
        await live_on(w, 60, us)
        assert await rows(w.store, "SELECT count(*) FROM gaps WHERE to_at IS NULL") == [(0,)]
        new = await place(w, "eu", "hetzner")
        await live_on(w, 60, new, us)
        assert mute(w) == {}
