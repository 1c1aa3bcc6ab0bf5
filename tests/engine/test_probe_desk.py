"""Probes are known by the hash of their key alone, each by its own or all by one, and gone once revoked."""

from datetime import timedelta
from pathlib import Path

import pytest

from asura.engine.acting import Acting, acting
from asura.engine.key_desk import Actor, hash_token
from asura.engine.options import EngineOptions, ProbeOptions
from asura.engine.probe_desk import ProbeDesk
from asura.errors import Conflict, Invalid, NotFound, StoreUnavailable
from asura.store import audit
from asura.store.audit import Entry, Wanted
from tests.engine.kit import break_commits, faults, mend_commits, rows
from tests.world import World, world

SHARED = EngineOptions(url="https://asura.example", probes=ProbeOptions(shared_hash=hash_token("for all").upper()))


def listening(w: World) -> list[str]:
    """What the desk tells whoever divides the monitors, as it comes."""
    told: list[str] = []
    w.engine.probes.changed = lambda: told.append("changed")
    w.engine.probes.revoked.append(lambda probe_id: told.append(f"revoked {probe_id}"))
    return told


async def trail(w: World) -> list[Entry]:
    async with w.store.read() as reader:
        found, _ = await audit.page(reader, Wanted(entity="probe"), limit=500)
    return found[::-1]


def shared(desk: ProbeDesk) -> Actor:
    actor = desk.actor("for all")
    assert actor is not None
    return actor


async def test_a_probe_is_known_by_its_key_and_stored_with_its_hash(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, key = await desk.create("eu-west", " hetzner ", by="ada")
        assert key.startswith("asura_") and len(key) >= 30
        assert (probe.region, probe.name, probe.created_by, probe.created_at) == (
            "eu-west",
            "hetzner",
            "ada",
            w.clock.now(),
        )
        actor = desk.actor(key)
        assert actor == Actor("eu-west/hetzner", "probe", frozenset({"probe"}), probe.id)
        assert await rows(w.store, "SELECT hash FROM probes") == [(hash_token(key),)]
        assert key not in (tmp_path / "asura.db").read_bytes().decode("latin-1")
        await w.restart()
        assert w.engine.probes.actor(key) == actor
        assert w.engine.probes.list() == [w.engine.probes.get(probe.id)]


@pytest.mark.parametrize("token", ["", "asura_", "asura_nobody", "\ud800", "x" * 100_000, "for all"])
async def test_what_is_no_key_is_nobody(tmp_path: Path, token: str) -> None:
    async with world(tmp_path) as w:
        await w.engine.probes.create("eu-west", "hetzner", by="ada")
        assert w.engine.probes.actor(token) is None


async def test_a_probe_without_a_name_is_called_after_its_region(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        names = [(await desk.create(region, "", by="ada"))[0].name for region in ("eu-west", "eu-west", "us-east")]
        assert names == ["eu-west-1", "eu-west-2", "us-east-1"]
        await desk.delete(1)
        assert (await desk.create("eu-west", " ", by="ada"))[0].name == "eu-west-1"
        assert desk.regions() == ("eu-west", "us-east")


async def test_a_name_is_taken_once_in_each_region(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        await desk.create("eu-west", "hetzner", by="ada")
        other, _ = await desk.create("eu-west", "ovh", by="ada")
        await desk.create("us-east", "hetzner", by="ada")
        with pytest.raises(Conflict, match="'hetzner'"):
            await desk.create("eu-west", "hetzner", by="ada")
        with pytest.raises(Conflict, match="'hetzner'"):
            await desk.rename(other.id, "hetzner")
        assert [probe.name for probe in desk.list()] == ["hetzner", "ovh", "hetzner"]


@pytest.mark.parametrize(
    ("region", "name", "wrong"),
    [
        ("", "a", {"region"}),
        ("local", "a", {"region"}),
        ("eu west", "a", {"region"}),
        ("-eu", "a", {"region"}),
        ("é", "a", {"region"}),
        ("e" * 65, "a", {"region"}),
        ("eu-west\n", "a", {"region"}),
        ("eu-west", "n" * 201, {"name"}),
        ("eu-west", "two\nlines", {"name"}),
        ("eu-west", "nul\0", {"name"}),
        ("eu-west", "half \ud800", {"name"}),
        ("", "two\nlines", {"region", "name"}),
    ],
)
async def test_every_fault_is_told_at_once(tmp_path: Path, region: str, name: str, wrong: set[str]) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        with pytest.raises(Invalid) as raised:
            await desk.create(region, name, by="ada")
        assert set(faults(raised.value)) == wrong
        with pytest.raises(Invalid) as raised:
            await desk.identify(shared(desk), region, name)
        assert set(faults(raised.value)) == wrong
        assert desk.list() == []


async def test_a_renamed_probe_keeps_its_key(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, key = await desk.create("eu-west", "hetzner", by="ada")
        told = listening(w)
        assert (await desk.rename(probe.id, " falkenstein ")).name == "falkenstein"
        assert await desk.rename(probe.id, "falkenstein") == desk.get(probe.id)
        assert told == ["changed"]
        actor = desk.actor(key)
        assert actor is not None and actor.name == "eu-west/falkenstein"
        for name in ("", "n" * 201, "two\nlines"):
            with pytest.raises(Invalid):
                await desk.rename(probe.id, name)
        with pytest.raises(NotFound):
            await desk.rename(7, "nobody")
        await w.restart()
        assert w.engine.probes.get(probe.id).name == "falkenstein"


async def test_a_rotated_key_replaces_the_old_one_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, old = await desk.create("eu-west", "hetzner", by="ada")
        told = listening(w)
        again, new = await desk.rotate(probe.id)
        assert (again.id, desk.actor(old)) == (probe.id, None)
        actor = desk.actor(new)
        assert actor is not None and actor.key_id == probe.id
        assert told == ["revoked 1", "changed"]
        with pytest.raises(NotFound):
            await desk.rotate(7)
        await w.restart()
        assert w.engine.probes.actor(old) is None
        assert w.engine.probes.actor(new) == actor


async def test_a_revoked_probe_ends_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, key = await desk.create("eu-west", "hetzner", by="ada")
        actor = desk.actor(key)
        assert actor is not None
        told = listening(w)
        await desk.delete(probe.id)
        assert told == ["revoked 1", "changed"]
        assert (desk.actor(key), desk.list(), desk.regions()) == (None, [], ())
        with pytest.raises(NotFound):
            await desk.delete(probe.id)
        with pytest.raises(NotFound):
            await desk.identify(actor, "eu-west", "hetzner")
        await w.restart()
        assert w.engine.probes.actor(key) is None


async def test_what_could_not_be_stored_did_not_happen(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        await break_commits(w.store, "probes")
        told = listening(w)
        with pytest.raises(StoreUnavailable):
            await desk.create("eu-west", "hetzner", by="ada")
        assert (desk.list(), told) == ([], [])
        await mend_commits(w.store)
        probe, key = await desk.create("eu-west", "hetzner", by="ada")
        await break_commits(w.store, "audit")
        for attempt in (desk.rotate(probe.id), desk.rename(probe.id, "other"), desk.delete(probe.id)):
            with pytest.raises(StoreUnavailable):
                await attempt
        assert desk.list() == [probe]
        assert desk.actor(key) is not None
        await mend_commits(w.store)


async def test_when_a_probe_was_seen_is_noted_once_a_minute_or_with_a_new_version(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, _ = await desk.create("eu-west", "hetzner", by="ada")
        told = listening(w)
        first = w.clock.now()
        await desk.seen(probe.id, "0.9", first)
        assert (desk.get(probe.id).version, desk.get(probe.id).last_seen_at) == ("0.9", first)
        before = w.store.stats()["changes"]
        for seconds, version in ((30, "0.9"), (29.9, "")):
            w.clock.turn(seconds)
            await desk.seen(probe.id, version, w.clock.now())
        assert (desk.get(probe.id).last_seen_at, w.store.stats()["changes"]) == (first, before)
        await desk.seen(probe.id, "0.10", w.clock.now())
        assert (desk.get(probe.id).version, desk.get(probe.id).last_seen_at) == ("0.10", w.clock.now())
        w.clock.turn(60)
        await desk.seen(probe.id, "0.10", w.clock.now())
        await desk.seen(7, "0.10", w.clock.now())
        assert told == []
        w.clock.wall -= timedelta(hours=3)
        await desk.seen(probe.id, "0.10", w.clock.now())
        await w.restart()
        assert w.engine.probes.get(probe.id).last_seen_at == w.clock.now()


async def test_a_version_that_is_none_is_not_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.probes
        probe, _ = await desk.create("eu-west", "hetzner", by="ada")
        for version, kept in (("1" * 5000, "1" * 64), ("two\nlines", "1" * 64), ("\ud800", "1" * 64)):
            w.clock.wall += timedelta(minutes=2)
            await desk.seen(probe.id, version, w.clock.now())
            assert desk.get(probe.id).version == kept


async def test_what_people_do_with_probes_is_written_down_without_keys(tmp_path: Path) -> None:
    async with world(tmp_path, SHARED) as w:
        desk = w.engine.probes
        with acting(Acting("ada", "192.0.2.7")):
            probe, key = await desk.create("eu-west", "hetzner", by="ada")
            await desk.rename(probe.id, "falkenstein")
            _, other = await desk.rotate(probe.id)
            await desk.delete(probe.id)
        with acting(Acting("shared key", "192.0.2.8")):
            await desk.identify(shared(desk), "us-east", "ovh")
        await desk.seen(2, "0.9", w.clock.now())
        found = await trail(w)
        assert [(one.actor, one.action, one.entity_id, one.name) for one in found] == [
            ("ada", "create", 1, "hetzner"),
            ("ada", "update", 1, "falkenstein"),
            ("ada", "rotate", 1, "falkenstein"),
            ("ada", "delete", 1, "falkenstein"),
            ("shared key", "create", 2, "ovh"),
        ]
        assert (found[1].before, found[1].after) == ({"name": "hetzner"}, {"name": "falkenstein"})
        for secret in (key, other, hash_token(key), hash_token(other), hash_token("for all")):
            assert secret not in repr([(one.before, one.after) for one in found])
