"""A long history of a deleted monitor goes in steps, a short one at once, and nobody else's."""

import sqlite3
from pathlib import Path

from asura.store import monitors, purge, retention, row_ids
from asura.store.retention import Retention
from tests.store.kit import START, add_monitors, opened, rows

FIRST = 490_000


async def test_a_long_history_goes_in_steps(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        gone, kept = await add_monitors(store, 2)

        def fill(db: sqlite3.Connection) -> None:
            keys = [
                (row_ids.row_id(FIRST + hour, one, region),)
                for hour in range(3 * purge.SLOTS + 7)
                for one in (gone, kept)
                for region in (1, 4095)
            ]
            db.executemany("INSERT INTO blobs VALUES (?, 1, x'')", keys)

        await store.write(fill)
        total = 2 * (3 * purge.SLOTS + 7)
        await store.write(lambda db: monitors.delete(db, gone))
        of_gone = "SELECT count(*) FROM blobs WHERE id >> 12 & 2147483647 = ?"
        assert await rows(store, of_gone, gone) == [(total - 2 * purge.SLOTS,)]
        keep = Retention(raw_days=100_000)
        steps = 0
        while await store.write(lambda db: retention.sweep(db, START, keep)):
            steps += 1
        assert steps == 3
        assert await rows(store, of_gone, gone) == [(0,)]
        assert await rows(store, of_gone, kept) == [(total,)]
        assert await rows(store, "SELECT count(*) FROM purges") == [(0,)]
        assert not await store.write(purge.go_on)
