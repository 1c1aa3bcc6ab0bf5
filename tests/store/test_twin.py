"""Copies that the kernel makes: the same bytes, durable, and none when somebody writes meanwhile."""

import os
import tempfile
from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from asura.store import twin
from tests.databases import unpacked


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.name.startswith("copy"))


def test_a_copy_is_the_same_also_on_another_file_system(tmp_path: Path) -> None:
    path = unpacked(1, tmp_path)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        assert not twin.share(path, Path(elsewhere) / "copy.db") and names(Path(elsewhere)) == []
        for folder in (Path(elsewhere), tmp_path):
            twin.copy(path, folder / "copy.db")
            assert (folder / "copy.db").read_bytes() == path.read_bytes() and names(folder) == ["copy.db"]
            assert (folder / "copy.db").stat().st_mode & 0o777 == 0o600


def test_blocks_are_shared_where_the_file_system_can(tmp_path: Path) -> None:
    path = unpacked(1, tmp_path)
    shared = twin.share(path, tmp_path / "copy.db")
    assert shared == twin.can_share(tmp_path) and names(tmp_path) == (["copy.db"] if shared else [])


def test_a_copy_during_which_somebody_writes_is_none(tmp_path: Path) -> None:
    path, target = unpacked(1, tmp_path), tmp_path / "copy.db"
    twin.reserve(target, path.stat().st_size)
    with path.open("rb") as source, twin.partial_of(target).open("r+b") as made:
        before = twin.state(source.fileno())
        twin.fill(source.fileno(), made.fileno(), lambda done, size: os.utime(path, ns=(1, 1)), at_once=50_000)
        with pytest.raises(twin.Changed):
            twin.finish(source.fileno(), made.fileno(), target, before)
    assert names(tmp_path) == ["copy.db.partial"]


def test_a_database_with_a_log_is_not_copied_without_it_unless_that_is_wanted(tmp_path: Path) -> None:
    path = unpacked(1, tmp_path)
    path.with_name("asura.db-wal").write_bytes(b"x")
    with pytest.raises(twin.Changed):
        twin.copy(path, tmp_path / "copy.db")
    assert names(tmp_path) == []
    twin.copy(path, tmp_path / "copy.db", beside_log=True)
    assert names(tmp_path) == ["copy.db"]


def test_a_copy_that_is_not_like_it_is_refused(tmp_path: Path) -> None:
    path, target = unpacked(1, tmp_path), tmp_path / "copy.db"
    twin.reserve(target, path.stat().st_size)
    refused = pytest.raises(StoreUnavailable, match="not like the database")
    with path.open("rb") as source, twin.partial_of(target).open("r+b") as made, refused:
        twin.finish(source.fileno(), made.fileno(), target, twin.state(source.fileno()))


def test_room_is_kept_before_anything_is_written(tmp_path: Path) -> None:
    twin.reserve(tmp_path / "copy.db", 3_000_000)
    about = (tmp_path / "copy.db.partial").stat()
    assert about.st_size == 3_000_000 and about.st_blocks * 512 >= 3_000_000
    with pytest.raises(OSError, match=r"File too large|No space"):
        twin.reserve(tmp_path / "copy-2.db", 1 << 60)
    assert names(tmp_path) == ["copy.db.partial"]


def test_a_copy_that_was_begun_before_stays_to_be_made_when_there_is_no_room(tmp_path: Path) -> None:
    twin.reserve(tmp_path / "copy.db", 3_000_000)
    with pytest.raises(OSError, match=r"File too large|No space"):
        twin.reserve(tmp_path / "copy.db", 1 << 60)
    assert names(tmp_path) == ["copy.db.partial"] and (tmp_path / "copy.db.partial").stat().st_size == 0
