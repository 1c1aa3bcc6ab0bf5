"""Migrations go forward, one transaction each, after a backup; a newer database is left alone."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.domain.heartbeat import Heartbeat
from asura.domain.monitor import MonitorConfig
from asura.domain.ping import Logged, Ping
from asura.errors import Conflict, StoreUnavailable
from asura.store import connections, heartbeats, meta, migrate, monitors, pings
from asura.store.db import Store
from asura.store.migrate import Step
from asura.store.seal import Vault

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = Step(1, "0001_first.sql", "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (7);")
SECOND = Step(2, "0002_second.sql", "CREATE TABLE two (a INTEGER); INSERT INTO two SELECT a FROM one;")
BROKEN = Step(2, "0002_broken.sql", "CREATE TABLE two (a INTEGER); INSERT INTO nowhere VALUES (1);")


def version(path: Path) -> int:
    with sqlite3.connect(path) as db:
        found = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return int(found)


def run(path: Path, *steps: Step) -> list[str]:
    db = connections.open_writer(path)
    try:
        return migrate.migrate(db, path, now=NOW, known=list(steps))
    finally:
        db.close()


def test_steps_are_numbered_without_holes_and_named() -> None:
    steps = migrate.steps()
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert all(step.name[4] == "_" for step in steps)


def test_a_new_database_gets_every_step_and_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    assert run(path, FIRST, SECOND) == [FIRST.name, SECOND.name]
    assert version(path) == 2
    assert not (tmp_path / "backups").exists()
    assert run(path, FIRST, SECOND) == []


def test_a_database_with_content_is_backed_up_before_its_migration(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    assert run(path, FIRST, SECOND) == [SECOND.name]
    backup = tmp_path / "backups" / "asura-schema-1-20260301T000000Z.db"
    assert [file.name for file in (tmp_path / "backups").iterdir()] == [backup.name]
    assert version(backup) == 1
    with sqlite3.connect(backup) as db:
        assert db.execute("SELECT a FROM one").fetchone() == (7,)
    db.close()


def test_a_database_from_before_heartbeats_keeps_what_it_has_and_takes_pings(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    db = connections.open_writer(path)
    migrate.migrate(db, path, now=NOW, known=[step for step in migrate.steps() if step.number <= 1])
    config = MonitorConfig(name="shop", type="http", target="https://shop.example")
    old = monitors.insert(db, Vault(tmp_path), slug="shop", config=config, now=NOW)
    meta.put(db, "fact", "kept")
    db.close()
    store = Store.open(tmp_path, clock=SystemClock())

    async def use() -> None:
        try:
            row = heartbeats.Stored(2, b"sealed", b"token", b"uuid", heartbeats.saved(2, Heartbeat(NOW)).state, 0)
            await store.write(lambda db: heartbeats.insert(db, row))
            await store.write(lambda db: pings.append(db, [Logged(1, 2, 1, 0, Ping(at=NOW, body=b"ok"))]))
            assert await store.write(lambda db: monitors.load_all(db, store.vault)) == [old]
            assert await store.write(lambda db: meta.stored(db, "fact")) == "kept"
            async with store.read() as reader:
                assert await pings.body(reader, 2, 1, 1) == (b"ok", 2)
        finally:
            await store.close()

    asyncio.run(use())
    assert version(path) == len(migrate.steps())
    [backup] = (tmp_path / "backups").iterdir()
    assert version(backup) == 1


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        run(path, FIRST, BROKEN)
    assert version(path) == 1
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("one",)]
    db.close()


def test_a_migration_without_room_on_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    monkeypatch.setattr(migrate, "_SPARE", 1 << 62)
    with pytest.raises(StoreUnavailable, match="MiB free"):
        run(path, FIRST, SECOND)
    assert version(path) == 1


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST, SECOND, Step(99, "0099_future.sql", "CREATE TABLE future (a INTEGER);"))
    before = path.read_bytes()
    with pytest.raises(Conflict, match=r"newer asura \(schema 99; this one knows 5\)"):
        Store.open(tmp_path, clock=SystemClock())
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["asura.db", "asura.lock"]
    with pytest.raises(Conflict, match="newer"):
        Store.open(tmp_path, clock=SystemClock())


def test_a_newer_version_that_is_only_in_the_log_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    db = connections.open_writer(path)
    migrate.migrate(db, path, now=NOW, known=[FIRST])
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    migrate.migrate(db, path, now=NOW, known=[FIRST, SECOND])
    with pytest.raises(Conflict, match="newer"):
        migrate.refuse_newer(path, 1)
    db.close()


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "asura.db").write_bytes(b"not a database, certainly not one" * 10)
    with pytest.raises((StoreUnavailable, Conflict), match=r"asura\.db"):
        Store.open(tmp_path, clock=SystemClock())
