"""A disk that takes no more bytes: nothing is acknowledged or half there, and it goes on when there is room."""

import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from asura.store import meta
from tests.store.kit import START, add_monitor, append, opened, rows, up


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let the kernel refuse every write beyond a size, as a full disk does."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.faults
async def test_a_write_that_the_disk_refuses_is_not_acknowledged_and_the_next_one_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        monitor = await add_monitor(store)
        await append(store, up(monitor.id, START))
        log = tmp_path / "asura.db-wal"
        with no_file_beyond(log.stat().st_size + 20_000):
            for _ in range(3):
                with pytest.raises(StoreUnavailable):
                    await store.write(lambda db: meta.put(db, "large", "x" * 100_000))
            assert await rows(store, "SELECT count(*) FROM meta") == [(0,)]
        assert store.stats()["failed_commits"] == 3
        await store.write(lambda db: meta.put(db, "large", "x" * 100_000))
        await append(store, up(monitor.id, START))
        assert store.stats()["open_results"] == 2
    with sqlite3.connect(tmp_path / "asura.db") as db:
        assert db.execute("SELECT length(value) FROM meta").fetchall() == [(100_000,)]
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


@pytest.mark.faults
async def test_a_checkpoint_that_the_disk_refuses_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        size = (tmp_path / "asura.db").stat().st_size
        with no_file_beyond(max(size, (tmp_path / "asura.db-wal").stat().st_size) + 6_000_000):
            written = 0
            for n in range(12):
                try:
                    await store.write(lambda db, n=n: meta.put(db, str(n), "x" * 1_000_000))
                    written += 1
                except StoreUnavailable:
                    break
            assert 3 < written < 12
        assert await rows(store, "SELECT count(*) FROM meta") == [(written,)]
        await store.write(lambda db: meta.put(db, "last", "x" * 1_000_000))
        assert await rows(store, "SELECT count(*) FROM meta") == [(written + 1,)]
