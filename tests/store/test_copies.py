"""The copy of a database from before a migration: around others, with room, and what a crash leaves of it."""

import contextlib
import logging
import sqlite3
from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from asura.store import connections, copies, migrate, twin
from tests.databases import unpacked
from tests.faults.test_store_disk import no_file_beyond
from tests.store.test_migrate import FIRST, NOW, SECOND, run


def partial(path: Path, schema: int) -> Path:
    """Leave a copy that is not whole."""
    left = path.parent / "backups" / f"asura-schema-{schema}-20200101T000000Z.db.partial"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(bytes(5000))
    return left


def test_a_database_that_others_read_is_copied_around_them(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    with contextlib.closing(connections.open_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM one").fetchall()
        with contextlib.closing(connections.open_writer(path)) as writer:
            writer.execute("INSERT INTO one VALUES (8)")
        assert copies.keep(path, 1, 2, now=NOW) is None
        assert reader.execute("SELECT a FROM one").fetchall() == [(7,)]
    with contextlib.closing(sqlite3.connect(next((tmp_path / "backups").iterdir()))) as db:
        assert db.execute("SELECT a FROM one").fetchall() == [(7,), (8,)]


def test_a_copy_that_takes_time_is_left_for_later_and_has_room_until_then(tmp_path: Path) -> None:
    path = unpacked(1, tmp_path)
    later = copies.keep(path, 1, migrate.newest(), now=NOW, later=True)
    whole = [file.name for file in (tmp_path / "backups").iterdir()]
    # Where blocks can be shared it is there at once.
    assert twin.can_share(tmp_path) == (later is None) == bool(whole)


def test_a_copy_for_which_the_disk_has_no_room_is_refused(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)
    with no_file_beyond(path.stat().st_size - 5000), pytest.raises(StoreUnavailable, match="Nothing was changed"):
        copies.keep(path, 2, 3, now=NOW)
    assert list((tmp_path / "backups").iterdir()) == []


def test_only_a_copy_that_can_still_be_made_is_unfinished(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = unpacked(3, tmp_path)
    assert copies.unfinished(path, 3, 6) is None
    left = partial(path, 3)
    assert copies.unfinished(path, 3, 6) == left.with_suffix("") and copies.partials(path) == [left]
    # Of a start that was killed before it migrated.
    assert copies.unfinished(path, 3, 3) is None and copies.partials(path) == [] and not caplog.records
    partial(path, 2)
    with caplog.at_level(logging.ERROR):
        assert copies.unfinished(path, 3, 6) is None and copies.partials(path) == []
    assert "something else brought the log into the database" in caplog.text


def test_an_unfinished_copy_for_which_there_is_no_room_is_still_to_be_made(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)
    before, left = path.read_bytes(), partial(path, 2)
    with no_file_beyond(path.stat().st_size - 5000), pytest.raises(StoreUnavailable, match="Nothing was changed"):
        copies.finish(path, left.with_suffix(""))
    assert copies.unfinished(path, 2, 6) == left.with_suffix("") and left.stat().st_size == 0
    copies.finish(path, left.with_suffix(""))
    assert left.with_suffix("").read_bytes() == before and not left.exists()


def test_an_unfinished_copy_is_made_from_the_file_without_its_log(tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    run(path, FIRST)
    before, left = path.read_bytes(), partial(path, 1)
    with contextlib.closing(connections.open_writer(path)) as db:
        migrate.migrate(db, path, known=[FIRST, SECOND])
        copies.finish(path, left.with_suffix(""))
    assert left.with_suffix("").read_bytes() == before and not left.exists()
    with contextlib.closing(sqlite3.connect(left.with_suffix(""))) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize(("size", "words"), [(900, "1 kB"), (3_200_000, "3.2 MB"), (3_210_000_000, "3.2 GB")])
def test_sizes_are_said_in_words(size: int, words: str) -> None:
    assert copies.in_words(size) == words
