"""What the composition does before anything runs: the first admin's key in its file."""

import os
from pathlib import Path

import pytest

from asura.app import _first_key
from asura.engine.key_desk import new_token

FOREIGN = new_token()


def test_the_first_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "first-admin-key"
    key = _first_key(path)
    assert len(key) == len(new_token())
    assert path.stat().st_mode & 0o777 == 0o600
    assert _first_key(path) == key


@pytest.mark.parametrize("left", ["", "asura_cut-sho", "not a key of ours at all, but long enough"])
def test_a_file_that_was_cut_short_holds_no_key(tmp_path: Path, left: str) -> None:
    path = tmp_path / "first-admin-key"
    path.write_text(left)
    path.chmod(0o600)
    key = _first_key(path)
    assert key != left.strip()
    assert path.read_text().strip() == key


def test_a_file_that_others_may_have_written_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "first-admin-key"
    path.write_text(FOREIGN)
    path.chmod(0o644)
    assert _first_key(path) != FOREIGN
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "first-admin-key"
    path.write_text(FOREIGN)
    path.chmod(0o600)
    os.chown(path, 12345, 12345)
    assert _first_key(path) != FOREIGN
    assert path.stat().st_uid == os.getuid()


def test_a_link_is_not_followed_to_what_it_names(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "first-admin-key"
    other.write_text(FOREIGN)
    other.chmod(0o600)
    path.symlink_to(other)
    assert _first_key(path) != FOREIGN
    assert not path.is_symlink()
    assert other.read_text() == FOREIGN
