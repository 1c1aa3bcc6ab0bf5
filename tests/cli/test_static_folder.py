"""A folder that is kept like a list says: one step a file, and nothing of others touched."""

from pathlib import Path

import pytest

from asura.cli.static_folder import LIST, Kept, keep
from asura.errors import AsuraError

FIRST = {"a/b/deep.txt": b"1", "a/c.txt": b"2", "index.html": b"3"}


def held(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != LIST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_files_are_written_once_and_counted(tmp_path: Path) -> None:
    assert keep(tmp_path / "out", FIRST) == Kept(3, 0, 0)
    assert held(tmp_path / "out") == FIRST
    assert keep(tmp_path / "out", FIRST) == Kept(0, 3, 0)
    assert keep(tmp_path / "out", {"index.html": b"4", "new": b""}) == Kept(2, 0, 2)
    assert held(tmp_path / "out") == {"index.html": b"4", "new": b""}
    assert not (tmp_path / "out" / "a").exists()


def test_a_file_is_replaced_in_one_step_also_for_who_reads_it_just_then(tmp_path: Path) -> None:
    keep(tmp_path, FIRST)
    with (tmp_path / "index.html").open("rb") as reader:
        keep(tmp_path, {**FIRST, "index.html": b"another"})
        assert reader.read() == b"3"


def test_a_folder_that_others_use_keeps_what_is_theirs(tmp_path: Path) -> None:
    keep(tmp_path, FIRST)
    (tmp_path / "a" / "theirs.txt").write_bytes(b"x")
    (tmp_path / "a" / "c.txt").write_bytes(b"changed by somebody")
    assert keep(tmp_path, {"index.html": b"3"}) == Kept(0, 1, 1)
    assert held(tmp_path) == {"index.html": b"3", "a/theirs.txt": b"x", "a/c.txt": b"changed by somebody"}


@pytest.mark.parametrize("others", ["file", "folder"])
def test_nothing_is_written_where_something_of_others_is_in_the_way(tmp_path: Path, others: str) -> None:
    if others == "file":
        (tmp_path / "index.html").write_bytes(b"mine")
    else:
        (tmp_path / "index.html").mkdir()
    with pytest.raises(AsuraError, match="was not written by an export"):
        keep(tmp_path, FIRST)
    assert not (tmp_path / "a").exists() and not (tmp_path / LIST).exists()


def test_the_same_file_of_others_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"3")
    assert keep(tmp_path, FIRST) == Kept(2, 1, 0)


def test_an_export_that_was_cut_short_is_taken_up(tmp_path: Path) -> None:
    keep(tmp_path, FIRST)
    blocked = {**FIRST, "a/c.txt/x": b"5"}
    with pytest.raises(OSError, match=r"c\.txt"):
        keep(tmp_path, blocked)
    assert keep(tmp_path, {**FIRST, "index.html": b"6"}).written == 1
    assert held(tmp_path) == {**FIRST, "index.html": b"6"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 5}', "\x00"])
def test_a_list_that_cannot_be_read_stops_everything(tmp_path: Path, text: str) -> None:
    (tmp_path / LIST).write_text(text)
    with pytest.raises(AsuraError, match="cannot be read"):
        keep(tmp_path, FIRST)
    assert held(tmp_path) == {}
