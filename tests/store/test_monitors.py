"""Monitors are stored, edited, put away, and deleted with everything of them."""

from pathlib import Path

import msgspec
import pytest

from asura.domain.fields import Secret
from asura.domain.incident import Event, EventType
from asura.domain.result import Evidence
from asura.domain.status import Finding, Status
from asura.errors import Conflict, Invalid, NotFound
from asura.store import incidents, monitors, outbox, spans
from tests.store.kit import (
    START,
    add_monitor,
    add_monitors,
    after,
    append,
    incident,
    notification,
    opened,
    pack_all,
    rows,
    up,
)


async def test_a_monitor_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made = await add_monitor(
            store, settings={"auth": {"password": Secret("hunter2")}}, tags=("eu",), depends_on=(3,)
        )
        assert (made.id, made.generation, made.version, made.created_at) == (1, 1, 1, START)
    assert b"hunter2" not in (tmp_path / "asura.db").read_bytes()
    async with opened(tmp_path) as store:
        assert await store.write(lambda db: monitors.load_all(db, store.vault)) == [made]


async def test_a_slug_belongs_to_one_monitor(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await add_monitor(store, "shop")
        second = await add_monitor(store, "mail")
        with pytest.raises(Conflict, match="'shop'"):
            await add_monitor(store, "shop")
        renamed = msgspec.structs.replace(second, slug="shop")
        with pytest.raises(Conflict, match="'shop'"):
            await store.write(lambda db: monitors.update(db, store.vault, renamed))
        assert await store.write(lambda db: monitors.load_all(db, store.vault)) == [first, second]


async def test_an_edit_is_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made = await add_monitor(store)
        config = msgspec.structs.replace(made.config, interval=30)
        edited = msgspec.structs.replace(
            made, slug="store", config=config, generation=2, version=2, managed_by="file", updated_at=after(hours=1)
        )
        await store.write(lambda db: monitors.update(db, store.vault, edited))
        assert await store.write(lambda db: monitors.load_all(db, store.vault)) == [edited]
        with pytest.raises(NotFound):
            await store.write(lambda db: monitors.update(db, store.vault, msgspec.structs.replace(made, id=9)))


async def test_a_configuration_that_cannot_be_stored_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        with pytest.raises(Invalid, match=r"settings.body"):
            await add_monitor(store, settings={"body": "\ud800"})
        assert await store.write(lambda db: monitors.load_all(db, store.vault)) == []


async def test_an_archived_monitor_keeps_its_history_and_frees_its_slug(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        old = await add_monitor(store)
        await store.write(lambda db: spans.switch(db, old.id, "", Status.UP, "ok", START))
        await store.write(lambda db: monitors.archive(db, old.id, after(hours=1)))
        assert await store.write(lambda db: monitors.load_all(db, store.vault)) == []
        new = await add_monitor(store)
        assert new.id > old.id
        with pytest.raises(Conflict):
            await store.write(lambda db: monitors.unarchive(db, old.id, after(hours=2)))
        await store.write(lambda db: monitors.delete(db, new.id))
        assert await store.write(lambda db: monitors.find_archived(db, store.vault, "shop")) == old
        assert await store.write(lambda db: monitors.find_archived(db, store.vault, "mail")) is None
        await store.write(lambda db: monitors.unarchive(db, old.id, after(hours=2)))
        found = await store.write(lambda db: monitors.load_all(db, store.vault))
        assert [one.id for one in found] == [old.id]
        assert len(await store.write(spans.open_spans)) == 1


async def test_deleting_removes_everything_of_the_monitor_and_nothing_of_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        gone, kept = await add_monitors(store, 2)
        for one in (gone, kept):
            for hour in range(0, 60, 6):
                await append(store, up(one, after(hours=hour)), up(one, after(hours=hour), region="eu-west"))
            await store.write(lambda db, one=one: spans.switch(db, one, "", Status.UP, "ok", START))
            await store.write(lambda db, one=one: spans.switch(db, one, "", Status.DOWN, "timeout", after(hours=1)))
        await pack_all(store, after(hours=99))

        def tell(db, *of: int) -> None:
            made = incidents.save(db, incident(*of))
            incidents.add_event(db, Event(incident_id=made.id, at=START, type=EventType.OPENED, reason="r"))
            incidents.save_evidence(db, made.id, "local", START, Finding.DOWN, "timeout", "m", Evidence(address="::1"))
            outbox.add(db, notification(incident_id=made.id, key=f"k-{of}"))

        for of in ((gone,), (kept,), (gone, kept)):
            await store.write(lambda db, of=of: tell(db, *of))
        counts = {table: (await rows(store, f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}
        assert all(counts.values())
        await store.write(lambda db: (store.results.forget(db, gone), monitors.delete(db, gone)))
        for table, column in TABLES.items():
            of_gone = await rows(store, f"SELECT count(*) FROM {table} WHERE {column} = ?", gone)
            assert of_gone == [(0,)], table
        for table in ("blobs", "hours", "days", "carry", "spans", "monitors"):
            assert await rows(store, f"SELECT count(*) FROM {table}") == [(counts[table] // 2,)], table
        assert await rows(store, "SELECT incident_id, monitor_id FROM incident_monitors") == [(2, kept), (3, kept)]
        for table in ("events", "evidence", "notifications"):
            assert await rows(store, f"SELECT incident_id FROM {table}") == [(2,), (3,)], table


TABLES = {
    "monitors": "id",
    "spans": "monitor_id",
    "incident_monitors": "monitor_id",
    "carry": "id >> 12",
    **dict.fromkeys(("blobs", "hours", "days"), "(id >> 12 & 2147483647)"),
}


async def test_the_id_of_a_deleted_monitor_is_not_used_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await add_monitor(store)
        await store.write(lambda db: monitors.delete(db, first.id))
        assert (await add_monitor(store)).id == first.id + 1
        await store.write(lambda db: monitors.delete(db, 99))
