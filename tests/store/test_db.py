"""The store as a whole: the writer's promises, the readers' limits, the lock, the rights of its files."""

import asyncio
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.errors import Conflict, StoreUnavailable
from asura.store import copies, meta
from asura.store.db import Store
from tests.store.kit import opened, rows


@pytest.mark.parametrize("left", ["secret.key", "backups/one.backup"])
@pytest.mark.parametrize("emptied", [False, True])
async def test_where_a_database_was_lost_none_is_begun(tmp_path: Path, left: str, emptied: bool) -> None:
    (tmp_path / left).parent.mkdir(exist_ok=True)
    (tmp_path / left).write_bytes(b"x" * 32)
    if emptied:
        (tmp_path / "asura.db").touch()
    before = sorted(tmp_path.rglob("*"))
    what = "is empty" if emptied else "is gone"
    with pytest.raises(StoreUnavailable, match=rf"{what}, and here was data before: there is .*{left}.*asura restore"):
        Store.open(tmp_path, clock=SystemClock())
    assert sorted({*tmp_path.rglob("*")} - {tmp_path / "asura.lock"}) == before
    (tmp_path / left).unlink()
    async with opened(tmp_path):
        assert (tmp_path / "asura.db").stat().st_size > 0


async def test_what_was_written_is_read(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as store:
        await store.write(lambda db: meta.put(db, "a", "1"))
        await store.write(lambda db: meta.put(db, "a", "2"))
        assert await store.write(lambda db: meta.stored(db, "a")) == "2"
        assert await store.write(lambda db: meta.stored(db, "b")) is None
        async with store.read() as reader:
            assert await meta.get(reader, "a") == "2"
            assert await meta.get(reader, "b") is None


async def test_the_durability_and_size_settings_hold(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:

        def settings(db: sqlite3.Connection) -> dict[str, object]:
            names = ("journal_mode", "synchronous", "secure_delete", "auto_vacuum", "mmap_size", "wal_autocheckpoint")
            return {
                name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in (*names, "busy_timeout", "foreign_keys")
            }

        assert await store.write(settings) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "secure_delete": 0,
            "auto_vacuum": 2,
            "mmap_size": 0,
            "wal_autocheckpoint": 0,
            "busy_timeout": 5000,
            "foreign_keys": 1,
        }


async def test_one_bad_change_of_a_batch_fails_alone(tmp_path: Path) -> None:
    def bad(db: sqlite3.Connection) -> None:
        meta.put(db, "bad", "half done")
        raise KeyError("a bug")

    async with opened(tmp_path) as store:
        hold = threading.Event()
        first = asyncio.ensure_future(store.write(lambda db: hold.wait(5)))
        changes = [store.write(lambda db, n=n: meta.put(db, f"good-{n}", "1")) for n in range(3)]
        together = asyncio.gather(changes[0], store.write(bad), *changes[1:], return_exceptions=True)
        await asyncio.sleep(0.05)
        hold.set()
        found = await together
        await first
        assert [type(one).__name__ for one in found] == ["NoneType", "KeyError", "NoneType", "NoneType"]
        assert {row[0] for row in await rows(store, "SELECT key FROM meta")} == {"good-0", "good-1", "good-2"}


async def test_a_bad_change_without_company_leaves_nothing_and_no_open_transaction(tmp_path: Path) -> None:
    hooks: list[str] = []

    async with opened(tmp_path) as store:

        def bad(db: sqlite3.Connection) -> None:
            store.after_commit(lambda: hooks.append("bad"))
            meta.put(db, "bad", "half done")
            raise KeyError("a bug")

        with pytest.raises(KeyError):
            await store.write(bad)
        await store.write(lambda db: meta.put(db, "good", "1"))
        assert await rows(store, "SELECT key FROM meta") == [("good",)]
        assert hooks == []
        assert store.healthy


async def test_changes_that_wait_share_one_commit(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        before = store.stats()
        hold = threading.Event()
        first = asyncio.ensure_future(store.write(lambda db: hold.wait(5)))
        await asyncio.sleep(0.05)
        together = asyncio.gather(*(store.write(lambda db, n=n: meta.put(db, str(n), "1")) for n in range(100)))
        await asyncio.sleep(0.05)
        hold.set()
        await together
        await first
        after = store.stats()
        assert after["changes"] - before["changes"] == 101
        assert after["commits"] - before["commits"] == 2
        assert after["queries"]["write"]["count"] >= 2


async def test_plain_changes_wait_for_company_and_ride_along(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        before = store.stats()["commits"]
        plain = asyncio.ensure_future(store.write(lambda db: meta.put(db, "plain", "1"), urgent=False))
        await asyncio.sleep(0.1)
        assert not plain.done()
        await store.write(lambda db: meta.put(db, "urgent", "1"))
        await plain
        assert store.stats()["commits"] - before == 1


async def test_a_plain_change_is_written_within_two_seconds_without_company(tmp_path: Path) -> None:
    async with opened(tmp_path) as store, asyncio.timeout(3):
        await store.write(lambda db: meta.put(db, "plain", "1"), urgent=False)


async def test_a_write_whose_caller_was_cancelled_still_commits(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        hold = threading.Event()
        first = asyncio.ensure_future(store.write(lambda db: hold.wait(5)))
        late = asyncio.ensure_future(store.write(lambda db: meta.put(db, "late", "1")))
        await asyncio.sleep(0.05)
        late.cancel()
        hold.set()
        await first
        with pytest.raises(asyncio.CancelledError):
            await late
        await store.write(lambda db: None)
        assert await rows(store, "SELECT key FROM meta") == [("late",)]


async def test_hooks_run_after_the_commit_and_only_then(tmp_path: Path) -> None:
    ran: list[str] = []
    async with opened(tmp_path) as store:

        def change(db: sqlite3.Connection, fails: bool) -> None:
            store.after_commit(lambda: ran.append("bad" if fails else "good"))
            if fails:
                raise KeyError("a bug")

        await store.write(lambda db: change(db, False))
        with pytest.raises(KeyError):
            await store.write(lambda db: change(db, True))
        assert ran == ["good"]


async def test_a_full_database_rejects_the_whole_batch_and_the_writer_lives_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        pages = await store.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
        await store.write(lambda db: db.execute(f"PRAGMA max_page_count={pages + 2}").fetchone())
        hold = threading.Event()
        first = asyncio.ensure_future(store.write(lambda db: hold.wait(5)))
        await asyncio.sleep(0.05)
        small = store.write(lambda db: meta.put(db, "small", "1"))
        large = store.write(lambda db: meta.put(db, "large", "x" * 100_000))
        together = asyncio.gather(small, large, return_exceptions=True)
        await asyncio.sleep(0.05)
        hold.set()
        assert [type(one) for one in await together] == [StoreUnavailable, StoreUnavailable]
        await first
        assert await rows(store, "SELECT key FROM meta") == []
        await store.write(lambda db: db.execute("PRAGMA max_page_count=1000000").fetchone())
        await store.write(lambda db: meta.put(db, "large", "x" * 100_000))
        assert store.stats()["failed_commits"] == 1


async def test_a_locked_database_rejects_the_batch_and_the_writer_lives_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.write(lambda db: db.execute("PRAGMA busy_timeout=50").fetchone())
        other = sqlite3.connect(tmp_path / "asura.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await store.write(lambda db: meta.put(db, "a", "1"))
        other.execute("ROLLBACK")
        other.close()
        await store.write(lambda db: meta.put(db, "a", "1"))


async def test_the_writer_opens_the_database_anew_when_it_cannot_roll_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        with pytest.raises(StoreUnavailable):
            await store.write(lambda db: db.close())
        await store.write(lambda db: meta.put(db, "a", "1"))
        assert await rows(store, "SELECT key FROM meta") == [("a",)]


async def test_readers_cannot_write_and_see_one_moment(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        async with store.read() as reader:
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                await reader.execute("INSERT INTO meta VALUES ('a', '1')")
            await store.write(lambda db: meta.put(db, "a", "1"))
            assert await meta.get(reader, "a") is None
        async with store.read() as reader:
            assert await meta.get(reader, "a") == "1"


async def test_readers_are_a_small_pool_that_survives_cancellation(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:

        async def look() -> None:
            async with store.read() as reader:
                await reader.execute_fetchall("SELECT count(*) FROM meta")
                await asyncio.sleep(0.001)

        tasks = [asyncio.create_task(look()) for _ in range(40)]
        await asyncio.sleep(0.01)
        for task in tasks[::3]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert len(store._readers._open) <= 4
        await asyncio.gather(*(look() for _ in range(8)))
        assert store.stats()["queries"]["read"]["count"] > 8


async def test_close_writes_what_is_queued_and_leaves_one_whole_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path, clock=SystemClock())
    queued = [asyncio.ensure_future(store.write(lambda db, n=n: meta.put(db, str(n), "1"))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*queued)
    await store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.write(lambda db: None)
    with pytest.raises(StoreUnavailable, match="closed"):
        async with store.read():
            pass
    assert not (tmp_path / "asura.db-wal").exists() or (tmp_path / "asura.db-wal").stat().st_size == 0
    with sqlite3.connect(f"{(tmp_path / 'asura.db').as_uri()}?immutable=1", uri=True) as db:
        assert db.execute("SELECT count(*) FROM meta").fetchone()[0] == 20
    db.close()


async def test_the_log_is_checkpointed_while_running(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for n in range(12):
            await store.write(lambda db, n=n: meta.put(db, str(n), "x" * 1_000_000))
        assert store.stats()["wal_bytes"] < 10_000_000
        assert store.stats()["database_bytes"] > 8_000_000


async def test_only_its_owner_may_look_into_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    async with opened(folder) as store:
        await store.write(lambda db: meta.put(db, "a", "1"))
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in folder.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name


async def test_a_second_instance_is_refused_and_the_folder_is_free_after_close(tmp_path: Path) -> None:
    async with opened(tmp_path):
        with pytest.raises(Conflict, match="another asura is running on this data"):
            Store.open(tmp_path, clock=SystemClock())
    async with opened(tmp_path):
        assert (tmp_path / "asura.lock").read_text() == f"{os.getpid()}\n"


async def test_a_backup_is_whole_private_and_can_be_opened(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as store:
        await store.write(lambda db: meta.put(db, "a", "1"))
        await asyncio.to_thread(copies.backup, store.path, tmp_path / "copy.db")
        await store.write(lambda db: meta.put(db, "a", "2"))
    target = tmp_path / "copy.db"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if "copy" in file.name] == ["copy.db"]
    restored = tmp_path / "restored"
    restored.mkdir()
    target.rename(restored / "asura.db")
    async with opened(restored) as store:
        assert await store.write(lambda db: meta.stored(db, "a")) == "1"
