"""Large files go step by step, and never away from somebody who still has them."""

import os
from pathlib import Path

import pytest

from asura.store import removal

LARGE = 3 * removal.STEP + 4096


@pytest.fixture(name="cuts")
def _cuts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes that files were cut to, in order."""
    cuts: list[int] = []
    cut = os.ftruncate

    def spy(descriptor: int, size: int) -> None:
        cuts.append(size)
        cut(descriptor, size)

    monkeypatch.setattr(os, "ftruncate", spy)
    return cuts


def large(path: Path) -> Path:
    with path.open("wb") as file:
        os.truncate(file.fileno(), LARGE)
    return path


def test_a_large_file_is_cut_in_steps_after_its_name_is_gone(tmp_path: Path, cuts: list[int]) -> None:
    removal.remove(large(tmp_path / "one"))
    assert os.listdir(tmp_path) == []
    assert cuts == [2 * removal.STEP + 4096, removal.STEP + 4096, 4096]


def test_a_small_one_is_just_removed_and_a_missing_one_is_told(tmp_path: Path, cuts: list[int]) -> None:
    (tmp_path / "one").write_bytes(b"x" * 1000)
    removal.remove(tmp_path / "one")
    assert (os.listdir(tmp_path), cuts) == ([], [])
    with pytest.raises(FileNotFoundError):
        removal.remove(tmp_path / "one")


def test_who_has_another_name_for_it_or_reads_it_keeps_all_of_it(tmp_path: Path, cuts: list[int]) -> None:
    os.link(large(tmp_path / "one"), tmp_path / "another")
    removal.remove(tmp_path / "one")
    assert (tmp_path / "another").stat().st_size == LARGE
    with (tmp_path / "another").open("rb") as download:
        removal.remove(tmp_path / "another")
        assert os.fstat(download.fileno()).st_size == LARGE
    assert (os.listdir(tmp_path), cuts) == ([], [])


def test_what_is_no_file_is_not_followed_and_not_waited_for(tmp_path: Path, cuts: list[int]) -> None:
    large(tmp_path / "one")
    (tmp_path / "link").symlink_to("one")
    os.mkfifo(tmp_path / "pipe")
    removal.remove(tmp_path / "link")
    removal.remove(tmp_path / "pipe")
    assert (os.listdir(tmp_path), cuts) == (["one"], [])


def test_a_file_takes_the_place_of_another_one_which_goes_in_steps(tmp_path: Path, cuts: list[int]) -> None:
    large(tmp_path / "old")
    (tmp_path / "new").write_text("new")
    removal.replace(tmp_path / "new", tmp_path / "old")
    assert ((tmp_path / "old").read_text(), os.listdir(tmp_path), len(cuts)) == ("new", ["old"], 3)
    (tmp_path / "newer").write_text("newer")
    removal.replace(tmp_path / "newer", tmp_path / "first")
    assert sorted(os.listdir(tmp_path)) == ["first", "old"]
    with pytest.raises(FileNotFoundError):
        removal.replace(tmp_path / "nothing", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "new"
