"""A migrated database is used at once; as it was before it is copied meanwhile, whatever happens."""

import asyncio
import contextlib
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.store import connections, copies, keeping, meta, migrate, twin
from asura.store.db import Store
from tests.databases import unpacked
from tests.faults.test_store_disk import no_file_beyond
from tests.store.test_migrate import NOW

NEWEST = migrate.newest()


@pytest.fixture(autouse=True)
def without_shared_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on ext4, wherever these tests run."""
    monkeypatch.setattr(twin, "_clone", lambda source, made: False)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """On a disk, even where other tests lie in memory: there a copy is over before anybody looks."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a copy take long beside its size, a second, and nothing be little."""
    monkeypatch.setattr(keeping, "BYTES_A_SYNC", 4096)
    monkeypatch.setattr(keeping, "_rest_after", lambda step_s: 0.02)
    monkeypatch.setattr(keeping, "_LITTLE", 0)


def kept(folder: Path) -> list[str]:
    return sorted(file.name.partition("Z")[2] for file in (folder / "backups").iterdir())


def whole(folder: Path) -> bytes:
    (copy,) = (folder / "backups").iterdir()
    assert copy.suffix == ".db"
    return copy.read_bytes()


async def put(store: Store, name: str, value: str) -> None:
    await store.write(lambda db: meta.put(db, name, value))


async def is_whole(store: Store) -> None:
    while copies.partials(store.path):
        await asyncio.sleep(0.01)


async def test_the_file_stays_as_it_was_until_the_copy_is_whole(tmp_path: Path, slow: None) -> None:
    path = unpacked(1, tmp_path)
    before = path.read_bytes()
    store = Store.open(tmp_path, clock=SystemClock())
    try:
        for number in range(30):
            await put(store, f"n{number}", "x" * 300_000)
            if copies.partials(path):
                assert path.read_bytes() == before
        # Also when somebody else tries to bring the log in.
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        await is_whole(store)
        assert whole(tmp_path) == before
        # From now on the log is brought in as ever.
        await put(store, "last", "x")
        while path.stat().st_size < len(before) + 5_000_000:
            await put(store, "again", "x")
    finally:
        await store.close()
    assert migrate.schema_in_file(path) == NEWEST and not path.with_name("asura.db-wal").exists()


async def test_who_stops_it_at_once_has_no_copy_yet_and_the_next_start_makes_it(tmp_path: Path, slow: None) -> None:
    path = unpacked(1, tmp_path)
    before = path.read_bytes()
    for life in range(3):
        store = Store.open(tmp_path, clock=SystemClock())
        await put(store, f"life {life}", "x" * 100_000)
        await store.close()
        assert kept(tmp_path) == [".db.partial"] and path.read_bytes() == before
        assert migrate.schema_of(path) == NEWEST and migrate.schema_in_file(path) == 1
    store = Store.open(tmp_path, clock=SystemClock())
    await is_whole(store)
    assert (
        await store.write(lambda db: [len(meta.stored(db, f"life {life}") or "") for life in range(3)]) == [100_000] * 3
    )
    await store.close()
    assert whole(tmp_path) == before and migrate.schema_in_file(path) == NEWEST


async def test_a_small_copy_is_finished_when_it_stops(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)
    before = path.read_bytes()
    await Store.open(tmp_path, clock=SystemClock()).close()
    assert whole(tmp_path) == before and migrate.schema_in_file(path) == NEWEST


async def test_what_was_left_unfinished_is_made_whole_by_whoever_opens_it_in_peace(tmp_path: Path, slow: None) -> None:
    path = unpacked(1, tmp_path)
    before = path.read_bytes()
    await Store.open(tmp_path, clock=SystemClock()).close()
    migrate.opened(path, now=NOW).close()
    assert whole(tmp_path) == before and migrate.schema_in_file(path) == NEWEST


async def test_a_log_that_something_else_brought_in_is_said(
    tmp_path: Path, slow: None, caplog: pytest.LogCaptureFixture
) -> None:
    path = unpacked(1, tmp_path)
    await Store.open(tmp_path, clock=SystemClock()).close()
    store = Store.open(tmp_path, clock=SystemClock())
    # The second time nobody reads what was before: a tool that opens it may do this.
    with caplog.at_level(logging.ERROR), contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        await is_whole(store)
    await put(store, "a", "1")
    await store.close()
    assert kept(tmp_path) == [] and "there will be no copy from before the migration" in caplog.text
    assert migrate.schema_in_file(path) == NEWEST


async def test_a_migration_that_fails_gives_the_room_back(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)
    with no_file_beyond(path.stat().st_size), pytest.raises(StoreUnavailable, match="It is as it was"):
        Store.open(tmp_path, clock=SystemClock())
    assert kept(tmp_path) == [] and migrate.schema_of(path) == 2
    await Store.open(tmp_path, clock=SystemClock()).close()
    assert migrate.schema_of(next((tmp_path / "backups").iterdir())) == 2 and migrate.schema_of(path) == NEWEST


async def test_the_second_of_two_migrations_waits_for_the_copy_of_the_first(tmp_path: Path, slow: None) -> None:
    path = unpacked(1, tmp_path)
    before = path.read_bytes()
    store = Store.open(tmp_path, clock=SystemClock())
    for file in (path, path.with_name("asura.db-wal")):
        shutil.copy(file, tmp_path / f"killed-{file.name}")
    await store.close()
    later = [*migrate.steps(), migrate.Step(NEWEST + 1, "x.sql", "CREATE TABLE later (a INTEGER);")]
    migrate.opened(path, now=NOW, known=later).close()
    first, second = sorted((tmp_path / "backups").iterdir())
    assert first.read_bytes() == before and first.name.startswith("asura-schema-1-")
    with contextlib.closing(connections.open_reader(second)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (NEWEST,)
