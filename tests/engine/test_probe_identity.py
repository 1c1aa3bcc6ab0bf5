"""Who calls: the probe of a key, or by a key for all of them whoever says a name."""

import asyncio
from pathlib import Path

import pytest

from asura.engine.key_desk import Actor, hash_token
from asura.engine.options import EngineOptions, ProbeOptions
from asura.engine.probe_desk import MOST_BY_SHARED, ProbeDesk
from asura.errors import Conflict, Invalid
from tests.world import World, world

SHARED = EngineOptions(url="https://asura.example", probes=ProbeOptions(shared_hash=hash_token("for all").upper()))


def listening(w: World) -> list[str]:
    """What the desk tells whoever divides the monitors, as it comes."""
    told: list[str] = []
    w.engine.probes.changed = lambda: told.append("changed")
    w.engine.probes.revoked.append(lambda probe_id: told.append(f"revoked {probe_id}"))
    return told


def shared(desk: ProbeDesk) -> Actor:
    actor = desk.actor("for all")
    assert actor is not None
    return actor


async def test_a_probe_is_the_one_of_its_key_whatever_it_calls_itself(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, key = await desk.create("eu-west", "hetzner", by="ada")
        actor = desk.actor(key)
        assert actor is not None
        for region, name in (("", ""), ("eu-west", ""), ("eu-west", "hetzner"), ("", "somebody else")):
            assert await desk.identify(actor, region, name) == probe
        with pytest.raises(Conflict, match="of the region 'eu-west', not of 'us-east'"):
            await desk.identify(actor, "us-east", "hetzner")
        assert desk.list() == [probe]


async def test_by_the_shared_key_a_probe_is_enrolled_when_it_first_calls(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        assert shared(desk) == Actor("shared key", "probe", frozenset({"probe"}))
        told = listening(w)
        probe = await desk.identify(shared(desk), "eu-west", " hetzner ")
        assert (probe.region, probe.name, probe.hash, probe.created_by) == ("eu-west", "hetzner", None, "shared key")
        assert await desk.identify(shared(desk), "eu-west", "hetzner") == probe
        assert told == ["changed"]
        nameless = await desk.identify(shared(desk), "eu-west", "")
        assert nameless.name == "eu-west-1"
        assert await desk.identify(shared(desk), "eu-west", "") == nameless
        await w.restart()
        assert await w.engine.probes.identify(shared(w.engine.probes), "eu-west", "hetzner") == probe


async def test_two_that_call_at_once_are_enrolled_once(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        calls = [desk.identify(shared(desk), "eu-west", "hetzner") for _ in range(5)]
        assert len(set(await asyncio.gather(*(asyncio.ensure_future(call) for call in calls)))) == 1
        assert len(desk.list()) == 1


async def test_an_api_key_for_probes_is_like_a_shared_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.engine.keys.create("another", "viewer", ["probe"])
        _, token = await w.engine.keys.create("fleet", "viewer", ["probe"])
        actor = w.engine.keys.verify(token)
        assert actor is not None
        await w.engine.probes.create("us-east", "", by="ada")
        await w.engine.probes.create("us-east", "", by="ada")
        # Its id is that of a key: it is not taken for the probe with the same number.
        probe = await w.engine.probes.identify(actor, "eu-west", "hetzner")
        assert (probe.id, probe.region, probe.created_by, probe.hash) == (3, "eu-west", "fleet", None)


async def test_whoever_has_a_shared_key_is_not_a_probe_with_its_own(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        await desk.create("eu-west", "hetzner", by="ada")
        with pytest.raises(Conflict, match="has a key of its own"):
            await desk.identify(shared(desk), "eu-west", "hetzner")
        by_shared = await desk.identify(shared(desk), "eu-west", "ovh")
        _, key = await desk.rotate(by_shared.id)
        with pytest.raises(Conflict, match="has a key of its own"):
            await desk.identify(shared(desk), "eu-west", "ovh")
        actor = desk.actor(key)
        assert actor is not None
        assert (await desk.identify(actor, "eu-west", "")).id == by_shared.id


async def test_there_is_an_end_to_how_many_are_enrolled(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = ProbeDesk(w.store, w.clock, shared_hash=hash_token("for all"), most=3)
        for number in range(3):
            await desk.identify(shared(desk), "eu-west", f"pod-{number}")
        for attempt in (desk.identify(shared(desk), "eu-west", "pod-3"), desk.create("eu-west", "one more", by="ada")):
            with pytest.raises(Conflict, match="there are 3 probes already"):
                await attempt
        assert (await desk.identify(shared(desk), "eu-west", "pod-1")).id == 2


@pytest.mark.parametrize("region", ["local", "Local", "LOCAL", "lOcAl"])
async def test_nobody_is_called_as_asura_itself_however_it_is_written(tmp_path: Path, region: str) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        for attempt in (desk.identify(shared(desk), region, "evil"), desk.create(region, "", by="ada")):
            with pytest.raises(Invalid):
                await attempt
        assert desk.list() == []


async def test_the_shared_key_names_so_many_regions_and_no_more(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        for number in range(MOST_BY_SHARED):
            await desk.identify(shared(desk), f"r{number}", "evil")
        words = "16 regions were named by the shared key alone, and it may name no more: make a probe of 'one-more'"
        with pytest.raises(Conflict, match=words):
            await desk.identify(shared(desk), "one-more", "evil")
        # Those that are known go on, and grow; so it is after a restart.
        assert (await desk.identify(shared(desk), "r3", "evil")).id == 4
        await desk.identify(shared(desk), "r3", "another")
        await w.restart()
        desk = w.engine.probes
        with pytest.raises(Conflict, match="may name no more"):
            await desk.identify(shared(desk), "one-more", "evil")


async def test_a_region_that_people_named_is_none_of_those_of_the_shared_key(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        for number in range(MOST_BY_SHARED):
            await desk.identify(shared(desk), f"r{number}", "pod")
        # By a probe of its own: one more has room, in that region and beside it.
        await desk.create("eu", "", by="ada")
        await desk.identify(shared(desk), "eu", "pod")
        await desk.create("r0", "", by="ada")
        await desk.identify(shared(desk), "more", "pod")
        with pytest.raises(Conflict, match="may name no more"):
            await desk.identify(shared(desk), "us", "pod")
        # By a monitor.
        await w.monitor(regions=["us", "r1"])
        await desk.identify(shared(desk), "us", "pod")
        await desk.identify(shared(desk), "yet-another", "pod")
        with pytest.raises(Conflict, match="may name no more"):
            await desk.identify(shared(desk), "last", "pod")


async def test_regions_that_were_ever_named_have_an_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = ProbeDesk(w.store, w.clock, most_regions=3)
        for number in range(3):
            probe, _ = await desk.create(f"r{number}", "", by="ada")
            await desk.delete(probe.id)
        with pytest.raises(Conflict, match="3 regions were named since asura was started, and no more are taken"):
            await desk.create("r3", "", by="ada")
        await desk.create("r1", "", by="ada")
        await desk.create("r1", "", by="ada")
        assert desk.regions() == ("r1",)
        assert (desk.has_region("r1"), desk.has_region("r0")) == (True, False)


async def test_another_shared_key_of_the_configuration_ends_the_old_one(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        w.engine.probes.configure(hash_token("another for all").upper())
        assert w.engine.probes.actor("for all") is None
        assert w.engine.probes.actor("another for all") == Actor("shared key", "probe", frozenset({"probe"}))
