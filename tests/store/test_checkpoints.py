"""A log is brought in by whoever writes; a long one beside him, so that commits do not wait for it."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asura.store import checkpoints, connections
from asura.store.checkpoints import LONG, Checkpoints

WRITE = "INSERT INTO one VALUES (randomblob(100000))"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with a table."""
    with contextlib.closing(connections.open_writer(tmp_path / "asura.db")) as db:
        db.execute("CREATE TABLE one (x)")
        yield db


@contextlib.contextmanager
def checking(db: sqlite3.Connection, path: Path, *, allowed: bool = True) -> Iterator[Checkpoints]:
    found = Checkpoints(path, allowed=lambda: allowed)
    try:
        yield found
    finally:
        found.at_end(db)
        found.close()


def beside(found: Checkpoints) -> threading.Thread:
    """The thread that brings the log in; it may be over."""
    thread = found._beside
    assert thread is not None
    return thread


def write(db: sqlite3.Connection, size: int) -> None:
    for _ in range(size // 100_000):
        db.execute(WRITE)


def test_a_short_log_is_brought_in_at_once(db: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    with checking(db, path) as found:
        write(db, connections.WAL_LIMIT + 200_000)
        found.after_commit(db)
        assert found._beside is None and path.stat().st_size > connections.WAL_LIMIT
        write(db, 100_000)
        assert found.wal_bytes() <= connections.WAL_LIMIT


def test_a_long_log_is_brought_in_beside_the_commits(db: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    with checking(db, path) as found:
        write(db, LONG + 2_000_000)
        found.after_commit(db)
        thread = beside(found)
        # It is possible to commit meanwhile.
        write(db, 300_000)
        thread.join()
        assert path.stat().st_size > LONG and found.wal_bytes() > LONG
        found.after_commit(db)
        assert beside(found) is thread
        write(db, 100_000)
        assert found.wal_bytes() <= connections.WAL_LIMIT
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("SELECT count(*) FROM one").fetchone() == (LONG // 100_000 + 20 + 4,)


def test_a_long_log_that_somebody_reads_is_tried_now_and_then(
    db: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "asura.db"
    monkeypatch.setattr(checkpoints, "_AGAIN_S", 1000.0)
    with checking(db, path) as found, contextlib.closing(connections.open_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM one").fetchall()
        write(db, LONG + 2_000_000)
        found.after_commit(db)
        began = beside(found)
        began.join()
        for _ in range(20):
            found.after_commit(db)
        assert beside(found) is began and path.stat().st_size < LONG
        reader.execute("ROLLBACK")
        monkeypatch.setattr(checkpoints, "_AGAIN_S", 0.0)
        while path.stat().st_size < LONG:
            found.after_commit(db)
            time.sleep(0.01)


def test_where_nothing_may_be_brought_in_nothing_is(db: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    with checking(db, path, allowed=False) as found:
        write(db, LONG + 2_000_000)
        for _ in range(600):
            found.after_commit(db)
        found.at_end(db)
        assert found._beside is None and path.stat().st_size < 100_000
