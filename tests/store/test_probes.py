"""Probes are stored with the hash of their key; a batch that was taken is known until it is too old to come again."""

from pathlib import Path

import msgspec
import pytest

from asura.domain.probe import Probe
from asura.errors import Conflict, NotFound
from asura.store import probes
from asura.store.db import Store
from tests.store.kit import START, after, opened


def probe(name: str = "hetzner", region: str = "eu-west", **other: object) -> Probe:
    values = {"hash": None, "created_by": "ada", "created_at": START} | other
    return msgspec.convert({"region": region, "name": name, **values}, Probe)


async def add(store: Store, one: Probe) -> Probe:
    return await store.write(lambda db: probes.insert(db, one))


async def test_probes_are_stored_changed_and_deleted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await add(store, probe(hash="ab" * 32))
        second = await add(store, probe("ovh"))
        assert (first.id, second.id) == (1, 2)
        changed = msgspec.structs.replace(first, name="falkenstein", hash="cd" * 32)
        await store.write(lambda db: probes.update(db, msgspec.structs.replace(changed, version="not here")))
        assert await store.write(probes.load_all) == [changed, second]
        changed = msgspec.structs.replace(changed, version="0.9", last_seen_at=after(hours=1))
        await store.write(lambda db: probes.touch(db, first.id, "0.9", after(hours=1)))
        assert await store.write(probes.load_all) == [changed, second]
        await store.write(lambda db: probes.delete(db, first.id))
        assert await store.write(probes.load_all) == [second]
        with pytest.raises(NotFound, match="no probe 1"):
            await store.write(lambda db: probes.update(db, changed))
        # An id is never given twice: what its batches were stays theirs.
        assert (await add(store, probe())).id == 3


async def test_a_name_is_taken_once_in_each_region(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add(store, probe())
        other = await add(store, probe("ovh"))
        await add(store, probe(region="us-east"))
        with pytest.raises(Conflict, match="'eu-west' has a probe that is called 'hetzner' already"):
            await add(store, probe())
        with pytest.raises(Conflict, match="'hetzner'"):
            await store.write(lambda db: probes.update(db, msgspec.structs.replace(other, name="hetzner")))
        assert [one.name for one in await store.write(probes.load_all)] == ["hetzner", "ovh", "hetzner"]


async def test_many_probes_may_come_by_the_shared_key_and_no_two_by_one_of_their_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add(store, probe("a"))
        await add(store, probe("b"))
        await add(store, probe("c", hash="ab" * 32))
        with pytest.raises(Conflict):
            await add(store, probe("d", hash="ab" * 32))


async def test_what_was_taken_is_kept_for_each_process_of_a_probe(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one, other = await add(store, probe("a")), await add(store, probe("b"))
        for probe_id, boot, taken, minutes in (
            (one.id, "b1", b"1", 0),
            (one.id, "b2", b"2", 60),
            (other.id, "b1", b"3", 70),
            (one.id, "b1", b"1-4", 90),
        ):
            await store.write(
                lambda db, p=probe_id, b=boot, t=taken, m=minutes: probes.save_taken(db, p, b, t, after(minutes=m))
            )
        assert await store.write(probes.load_taken) == {
            (one.id, "b1"): b"1-4",
            (one.id, "b2"): b"2",
            (other.id, "b1"): b"3",
        }
        assert await store.write(lambda db: probes.purge(db, after(minutes=60))) == 0
        assert await store.write(lambda db: probes.purge(db, after(minutes=61))) == 1
        assert set(await store.write(probes.load_taken)) == {(one.id, "b1"), (other.id, "b1")}


async def test_a_deleted_probe_takes_its_batches_with_it_and_leaves_none_behind(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one, other = await add(store, probe("a")), await add(store, probe("b"))
        for probe_id in (one.id, other.id):
            await store.write(lambda db, p=probe_id: probes.save_taken(db, p, "b1", b"1", START))
        await store.write(lambda db: probes.delete(db, one.id))
        # A batch that was under way when its probe was revoked.
        await store.write(lambda db: probes.save_taken(db, one.id, "b1", b"1-2", START))
        assert set(await store.write(probes.load_taken)) == {(other.id, "b1")}


def test_a_probe_does_not_show_its_hash() -> None:
    assert "abab" not in repr(probe(hash="ab" * 32))
