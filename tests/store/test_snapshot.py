"""A copy of one moment, what was in it then, and what is told of one that is not sound."""

import asyncio
import hashlib
import sqlite3
from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from asura.store import migrate, sealed, snapshot
from asura.store.snapshot import ENDS, Shape, Stopped, Task
from tests.store.backing import fill


@pytest.fixture(name="data", scope="module")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snapshot")
    asyncio.run(fill(folder / "data"))
    return folder / "data"


def test_a_copy_is_like_the_original_and_one_file(data: Path, tmp_path: Path) -> None:
    shape = snapshot.take(data / "asura.db", tmp_path / "asura.db", Task())
    snapshot.settle(tmp_path / "asura.db")
    assert snapshot.verify(tmp_path / "asura.db", Task(), expected=shape) == shape
    assert (shape.schema, shape.rows["monitors"], shape.rows["channels"]) == (migrate.newest(), 1, 1)
    assert (tmp_path / "asura.db").read_bytes()[18:20] == b"\x01\x01", "no log belongs to it"
    assert [one.name for one in tmp_path.iterdir()] == ["asura.db"]
    assert snapshot.monitors_in(tmp_path / "asura.db") == 1
    content = (tmp_path / "asura.db").read_bytes()
    assert snapshot.sha256_of(tmp_path / "asura.db", Task()) == hashlib.sha256(content).hexdigest()


def test_what_is_not_as_expected_is_named(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "asura.db"
    shape = snapshot.take(data / "asura.db", path, Task())
    snapshot.settle(path)
    for expected, sentence in (
        (Shape(99, shape.rows), "its schema is"),
        (Shape(shape.schema, shape.rows | {"tail": 7}), "rows in tail, and 7 were expected"),
        (Shape(shape.schema, shape.rows | {"gone": 0}), "None rows in gone"),
    ):
        with pytest.raises(StoreUnavailable, match=sentence):
            snapshot.verify(path, Task(), expected=expected)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO events VALUES (1, 999, 1, 'x', 'x', NULL, '{}')")
    db.close()
    with pytest.raises(StoreUnavailable, match="a row of events refers to a missing incidents"):
        snapshot.verify(path, Task())


def test_a_table_of_any_name_is_counted(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as db:
        db.execute('CREATE TABLE "a"" b" (x)')
        assert snapshot.shape_of(db, Task()).rows == {'a" b': 0}
    db.close()


def test_a_task_knows_how_far_the_whole_is_and_stops() -> None:
    task, seen = Task(), []
    for stage in ENDS:
        for ratio in (0.0, 0.5, 1.0):
            task.at(stage, ratio)
            seen.append(task.overall)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    task.stop()
    with pytest.raises(Stopped):
        task.at("copying", 0.5)


def test_a_long_statement_ends_when_it_is_to_stop(data: Path) -> None:
    task = Task()
    task.stop()
    with pytest.raises(Stopped), snapshot._reading(data / "asura.db", task) as db:
        db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n").fetchone()


def test_every_sealed_secret_is_opened(data: Path, tmp_path: Path) -> None:
    shape = snapshot.take(data / "asura.db", tmp_path / "asura.db", Task())
    assert shape.rows["channels"] == 1
    (tmp_path / "secret.key").write_bytes((data / "secret.key").read_bytes())
    assert sealed.verify(tmp_path / "asura.db") == 2
    for table, text in (("meta", "UPDATE meta SET value = 'AAAA' WHERE key = 'ping_key'"), ("x", "DELETE FROM meta")):
        with sqlite3.connect(tmp_path / "asura.db") as db:
            db.execute(text)
        db.close()
        if table == "meta":
            with pytest.raises(StoreUnavailable):
                sealed.verify(tmp_path / "asura.db")
    assert sealed.verify(tmp_path / "asura.db") == 1
