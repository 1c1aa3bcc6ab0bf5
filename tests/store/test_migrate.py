"""Migrations go forward, all of them or none, after a copy; a newer database is left alone."""

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.errors import Conflict, StoreUnavailable
from asura.store import connections, copies, migrate
from asura.store.db import Store
from asura.store.migrate import Step
from tests.databases import OLDER, unpacked

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = Step(1, "0001_first.sql", "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (7);")
SECOND = Step(2, "0002_second.sql", "CREATE TABLE two (a INTEGER); INSERT INTO two SELECT a FROM one;")
BROKEN = Step(3, "0003_broken.sql", "CREATE TABLE three (a INTEGER); INSERT INTO nowhere VALUES (1);")
FUTURE = Step(99, "0099_future.sql", "CREATE TABLE future (a INTEGER);")


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def run(path: Path, *steps: Step) -> None:
    migrate.opened(path, now=NOW, known=list(steps)).close()


def kept(path: Path) -> list[str]:
    return sorted(file.name for file in (path.parent / "backups").glob("*"))


def tables(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("SELECT name FROM sqlite_schema ORDER BY name")]


@contextlib.contextmanager
def untouched(path: Path) -> Iterator[None]:
    """Fail when a byte or a time of the database, its log or its index changes."""

    def look() -> dict[str, tuple[str, int]]:
        files = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
        return {
            one.name: (hashlib.sha256(one.read_bytes()).hexdigest(), one.stat().st_mtime_ns) for one in sorted(files)
        }

    before = look()
    yield
    assert look() == before


def test_steps_are_numbered_without_holes_and_named() -> None:
    steps = migrate.steps()
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert all(step.name[4] == "_" for step in steps)
    assert migrate.newest() == len(steps)


def test_every_schema_that_was_left_behind_has_a_database_of_its_last_version() -> None:
    assert list(range(1, migrate.newest())) == OLDER


def test_a_new_database_gets_every_step_and_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST, SECOND)
    assert version(path) == 2 and tables(path) == ["one", "two"]
    run(path, FIRST, SECOND)
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("schema", OLDER)
def test_the_copy_from_before_a_migration_is_the_database_byte_for_byte(schema: int, tmp_path: Path) -> None:
    path = unpacked(schema, tmp_path)
    before = path.read_bytes()
    assert migrate.schema_of(path) == schema
    migrate.opened(path, now=NOW).close()
    assert version(path) == migrate.newest()
    copy = tmp_path / "backups" / f"asura-schema-{schema}-20260301T000000Z.db"
    assert kept(path) == [copy.name]
    assert copy.read_bytes() == before
    assert copy.stat().st_mode & 0o777 == 0o600 and copy.parent.stat().st_mode & 0o777 == 0o700
    with contextlib.closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA user_version").fetchone() == (schema,)


def test_what_was_only_in_the_log_is_in_the_copy(tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    path = killed / "asura.db"
    with contextlib.closing(migrate.opened(tmp_path / "asura.db", now=NOW, known=[FIRST])) as db:
        db.execute("INSERT INTO one VALUES (8)")
        # As a power cut leaves it.
        shutil.copytree(tmp_path, killed)
    assert (killed / "asura.db-wal").stat().st_size > 0
    run(path, FIRST, SECOND)
    (name,) = kept(path)
    for one in (path, killed / "backups" / name):
        with contextlib.closing(sqlite3.connect(one)) as db:
            assert db.execute("SELECT a FROM one").fetchall() == [(7,), (8,)]


def test_what_a_killed_copy_left_is_removed_by_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    left = tmp_path / "backups" / "asura-schema-1-20200101T000000Z.db.partial"
    left.parent.mkdir()
    left.write_bytes(bytes(5000))
    run(path, FIRST)
    assert kept(path) == []
    run(path, FIRST, SECOND)
    assert kept(path) == ["asura-schema-1-20260301T000000Z.db"]


def test_one_step_that_fails_undoes_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    with pytest.raises(StoreUnavailable, match=r"from schema 1 to 3: no such table: nowhere\. It is as it was"):
        run(path, FIRST, SECOND, BROKEN)
    assert version(path) == 1 and tables(path) == ["one"]


def test_a_migration_without_room_on_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    monkeypatch.setattr(copies, "_SPARE", 1 << 62)
    with pytest.raises(StoreUnavailable, match=r"GB are free, a migration needs .* Nothing was changed"):
        run(path, FIRST, SECOND)
    assert version(path) == 1 and kept(path) == []


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST, SECOND, FUTURE)
    with untouched(path):
        for _ in range(2):
            with pytest.raises(Conflict, match=rf"newer asura \(schema 99; this one knows {migrate.newest()}\)"):
                Store.open(tmp_path, clock=SystemClock())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["asura.db", "asura.lock"]


def test_a_newer_version_that_is_only_in_the_log_is_seen_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    with contextlib.closing(connections.open_writer(path)) as db:
        migrate.migrate(db, path, known=[FIRST, SECOND])
        killed = tmp_path / "killed"
        killed.mkdir()
        for file in tmp_path.glob("asura.db*"):
            shutil.copy2(file, killed)
    path = killed / "asura.db"
    (killed / "asura.db-shm").unlink()
    with untouched(path):
        assert migrate.schema_of(path) == 2
        with pytest.raises(Conflict, match=r"newer.*backups/asura-schema-\*"):
            migrate.refuse_newer(path, 1)
    assert sorted(file.name for file in killed.iterdir()) == ["asura.db", "asura.db-wal"]


def test_a_log_whose_end_was_not_committed_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    log = tmp_path / "asura.db-wal"
    with contextlib.closing(connections.open_writer(path)) as db:
        migrate.migrate(db, path, known=[FIRST, SECOND])
        whole = log.read_bytes()
    killed = tmp_path / "killed"
    killed.mkdir()
    shutil.copy2(tmp_path / "asura.db", killed)
    page = int.from_bytes(whole[8:12], "big") + 24
    for frames in range((len(whole) - 32) // page):
        (killed / "asura.db-wal").write_bytes(whole[: 32 + frames * page + 700])
        shutil.copy2(tmp_path / "asura.db", killed)
        told = migrate.schema_of(killed / "asura.db")
        assert told == version(killed / "asura.db"), frames
        for file in killed.iterdir():
            file.unlink()
        shutil.copy2(tmp_path / "asura.db", killed)


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "asura.db").write_bytes(b"not a database, certainly not one" * 10)
    with pytest.raises(StoreUnavailable, match=r"asura\.db.*Restore a backup, or move the file away"):
        Store.open(tmp_path, clock=SystemClock())
