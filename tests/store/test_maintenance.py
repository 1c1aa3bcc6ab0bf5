"""Windows are stored as they were planned, with what was ended early."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from asura.domain.maintenance import Occurrence, Window, WindowConfig
from asura.errors import NotFound
from asura.store import maintenance
from asura.store.db import Store
from tests.store.kit import START, after, opened


async def load(store: Store) -> list[Window]:
    return await store.write(maintenance.load_all)


def window(**fields: object) -> Window:
    config = WindowConfig(**{"name": "Database", "starts_at": START, "ends_at": after(hours=1), **fields})  # type: ignore[arg-type]
    return Window(config=config, created_by="ann", created_at=START, updated_at=START)


async def test_windows_are_stored_edited_and_deleted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        once = window(monitor_ids=(7,), tags=("eu",), groups=("Web",), description="New *disks*.", public=False)
        again = window(rrule="FREQ=DAILY", duration_s=600.0, timezone="Asia/Kathmandu", announce_s=0.5)
        first = await store.write(lambda db: maintenance.insert(db, once))
        second = await store.write(lambda db: maintenance.insert(db, again))
        assert (first.id, second.id) == (1, 2)
        assert await load(store) == [first, second]
        ended = (Occurrence(START, START + timedelta(minutes=5)),)
        edited = msgspec.structs.replace(
            first, config=window(cron="0 2 * * *").config, ended=ended, updated_at=after(hours=2)
        )
        await store.write(lambda db: maintenance.update(db, edited))
        await store.write(lambda db: maintenance.delete(db, second.id))
        assert await load(store) == [edited]
        with pytest.raises(NotFound):
            await store.write(lambda db: maintenance.update(db, second))


async def test_an_id_is_not_given_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        first = await store.write(lambda db: maintenance.insert(db, window()))
        await store.write(lambda db: maintenance.delete(db, first.id))
        assert (await store.write(lambda db: maintenance.insert(db, window()))).id == first.id + 1


async def test_a_window_that_somebody_changed_or_deleted_is_not_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        one = await store.write(lambda db: maintenance.insert(db, window()))
        assert await store.write(lambda db: maintenance.is_as_it_was(db, one))
        changed = msgspec.structs.replace(one, updated_at=after(seconds=1))
        await store.write(lambda db: maintenance.update(db, changed))
        assert not await store.write(lambda db: maintenance.is_as_it_was(db, one))
        await store.write(lambda db: maintenance.delete(db, one.id))
        assert not await store.write(lambda db: maintenance.is_as_it_was(db, changed))
