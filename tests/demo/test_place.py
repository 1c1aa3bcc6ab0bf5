"""The folder of a demo: gone at its end, or kept and known again; nobody else's is touched."""

import shutil
from pathlib import Path

import pytest

from asura.demo.place import MARK, is_demo, place, temporary
from asura.errors import Conflict
from asura.store import folder as store_folder


def test_without_a_wish_it_is_gone_at_the_end() -> None:
    with place(None) as found:
        found.folder.mkdir()
        (found.folder / "asura.db").write_text("x")
        assert not found.filled
        above = found.folder.parent
        assert above.stat().st_mode & 0o777 == 0o700
    assert not above.exists()


def test_what_a_killed_one_left_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, mine, kept = (tmp_path / f"asura-demo-{name}" for name in ("left", "mine", "kept"))
    with temporary() as running, place(kept):
        shutil.copytree(running, left)
        (left / "data").mkdir()
        (mine / "data").mkdir(parents=True)
        link = tmp_path / "asura-demo-link"
        link.symlink_to(running)
        with place(None):
            assert {one.name for one in tmp_path.iterdir()} >= {running.name, mine.name, kept.name, link.name}
            assert not left.exists() and (mine / "data").exists() and (running / MARK).exists()


def test_it_is_known_by_its_mark_alone(tmp_path: Path) -> None:
    with place(tmp_path / "kept") as found:
        assert is_demo(found.folder)
        found.done()
    assert is_demo(tmp_path / "kept") and not is_demo(tmp_path) and not is_demo(tmp_path / "nothing")
    (tmp_path / MARK).write_text("something else")
    assert not is_demo(tmp_path)


def test_it_is_gone_after_a_fault_too() -> None:
    lent = place(None)
    above = lent.__enter__().folder.parent
    stopped = KeyboardInterrupt()
    assert not lent.__exit__(KeyboardInterrupt, stopped, None)
    assert not above.exists()


def test_a_kept_one_is_known_again_once_its_past_is_whole(tmp_path: Path) -> None:
    wanted = tmp_path / "demo"
    with place(wanted) as first:
        assert not first.filled
        (wanted / "asura.db").write_text("half")
    with place(wanted) as second:
        assert not second.filled
        assert {path.name for path in wanted.iterdir()} <= {MARK, store_folder.LOCK}
        (wanted / "asura.db").write_text("whole")
        second.done()
    with place(wanted) as third:
        assert third.filled
        assert third.kept
    assert (wanted / "asura.db").read_text() == "whole"


def test_a_folder_with_other_things_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "asura.db").write_text("precious")
    with pytest.raises(Conflict, match="not the folder of a demo"), place(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["asura.db"]
    assert (tmp_path / "asura.db").read_text() == "precious"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Conflict, match="needs a folder of its own"), place(tmp_path / "file"):
        pass


def test_one_that_another_process_fills_is_left_alone(tmp_path: Path) -> None:
    wanted = tmp_path / "demo"
    with place(wanted):
        held = store_folder.lock(wanted)
        try:
            with pytest.raises(Conflict, match="another asura is running"), place(wanted):
                pass
        finally:
            store_folder.unlock(held)


@pytest.mark.parametrize("text", ["#!/bin/sh\n", "", "begun", "ready\nor not"], ids=["script", "empty", "cut", "more"])
def test_a_file_of_the_same_name_that_is_not_ours_makes_no_folder_a_demo(tmp_path: Path, text: str) -> None:
    (tmp_path / MARK).write_text(text)
    (tmp_path / "thesis").mkdir()
    with pytest.raises(Conflict, match="not the folder of a demo"), place(tmp_path):
        pass
    assert (tmp_path / "thesis").is_dir()


def test_a_link_is_not_our_file_either(tmp_path: Path) -> None:
    (tmp_path / "begun").write_text("begun\n")
    (tmp_path / MARK).symlink_to(tmp_path / "begun")
    with pytest.raises(Conflict, match="not the folder of a demo"), place(tmp_path):
        pass
