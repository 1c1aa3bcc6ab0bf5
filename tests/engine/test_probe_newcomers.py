"""Whoever comes by a key that several have is told of: nobody joins unseen, and nobody fills a mailbox."""

from pathlib import Path

from asura.domain.probe import Probe
from tests.engine.calling import OPTIONS, SHARED_KEY, texts
from tests.world import World, world

WAY = "it came by the shared key, and has a vote from now on"


async def come(w: World, region: str, name: str) -> Probe:
    desk = w.engine.probes
    actor = desk.actor(SHARED_KEY)
    assert actor is not None
    probe = await desk.identify(actor, region, name)
    w.engine.roster.greet(probe.id, "0000-00000001", "0.1.0", wall=None)
    return probe


async def wait(w: World, seconds: float) -> None:
    """Let time pass in which every probe is heard."""
    for _ in range(int(seconds / 5)):
        for probe in w.engine.probes.list():
            w.engine.roster.greet(probe.id, "0000-00000001", "0.1.0", wall=None)
        await w.advance(5)


async def test_a_probe_that_came_by_the_shared_key_is_told_of_once(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await wait(w, 30)
        await come(w, "eu-3", "host")
        await wait(w, 10)
        assert w.sent == [("ops", f"Probe eu-3/host is new: {WAY}")]
        assert texts(w) == ["eu-3/host. Where you did not start it, delete it, and give that key another value first."]
        await come(w, "eu-3", "host")
        await wait(w, 120)
        await w.restart(after=5)
        await wait(w, 120)
        assert w.take() == []


async def test_those_that_come_together_are_one_message_and_many_one_a_minute(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await wait(w, 30)
        for number in range(7):
            await come(w, "eu", f"pod-{number}")
        await wait(w, 10)
        assert w.sent == [("ops", "7 probes are new: they came by the shared key, and have votes from now on")]
        assert texts(w)[0].startswith("eu/pod-0, eu/pod-1, eu/pod-2, eu/pod-3, eu/pod-4 and 2 more. Where")
        for number in range(20):
            await come(w, f"r{number % 10}", f"pod-{number}")
            await wait(w, 5)
        # Which take 100 seconds.
        assert len(w.take()) == 1
        await wait(w, 60)
        assert len(w.take()) == 1


async def test_one_that_came_before_a_kill_is_told_of_after_it(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await wait(w, 30)
        await come(w, "eu", "host")
        await w.close()
        await w.start()
        await wait(w, 40)
        assert w.take() == [("ops", f"Probe eu/host is new: {WAY}")]


async def test_one_that_comes_again_under_the_same_name_is_new_again(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await wait(w, 30)
        probe = await come(w, "eu", "host")
        await wait(w, 70)
        assert len(w.take()) == 1
        await w.engine.probes.delete(probe.id)
        await come(w, "eu", "host")
        await wait(w, 10)
        assert w.take() == [("ops", f"Probe eu/host is new: {WAY}")]


async def test_those_with_a_key_of_their_own_were_made_by_people_and_are_not_told_of(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await w.engine.probes.create("eu", "", by="ada")
        rotated = await come(w, "eu", "host")
        await w.engine.probes.rotate(rotated.id)
        await wait(w, 60)
        assert w.take() == []


async def test_the_key_is_named_by_which_it_came_and_a_clock_that_is_set_back_holds_nothing_up(tmp_path: Path) -> None:
    async with world(tmp_path, OPTIONS) as w:
        await w.channel()
        await wait(w, 30)
        _, token = await w.engine.keys.create("fleet", "viewer", ["probe"])
        actor = w.engine.keys.verify(token)
        assert actor is not None
        await come(w, "eu", "host")
        await wait(w, 10)
        w.take()
        await w.engine.probes.identify(actor, "us", "pod")
        w.clock.wall = w.clock.wall.replace(hour=w.clock.wall.hour - 2)
        await wait(w, 40)
        assert w.take() == [("ops", "Probe us/pod is new: it came by the key fleet, and has a vote from now on")]
