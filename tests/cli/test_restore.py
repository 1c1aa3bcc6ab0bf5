"""`asura restore` where it refuses: it leaves no trace, and says what is true."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.backing import fill


def restore(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "asura", "restore", "--yes", *arguments]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("file", ["junk", "nothing"])
def test_a_folder_that_was_made_for_nothing_is_gone(tmp_path: Path, file: str) -> None:
    (tmp_path / "junk").write_text("no backup")
    assert restore(tmp_path, "--data", "new", file).returncode == 1
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    assert restore(tmp_path, "--data", "old", file).returncode == 1
    assert (tmp_path / "old").exists()


def test_a_database_without_its_key_is_not_said_to_have_one(tmp_path: Path) -> None:
    asyncio.run(fill(tmp_path / "data"))
    copy = str((tmp_path / "data" / "asura.db").rename(tmp_path / "copy.db"))
    done = restore(tmp_path, "--data", "new", copy)
    assert (done.returncode, "there is none." in done.stderr) == (1, True), done.stderr
    (tmp_path / "new").mkdir(mode=0o700)
    (tmp_path / "new" / "secret.key").write_bytes(b"k" * 32)
    done = restore(tmp_path, "--data", "new", copy)
    assert (done.returncode, "there is the one in new." in done.stderr) == (1, True), done.stderr


def test_a_fault_elsewhere_in_the_file_is_no_reason_to_stay_without_data(tmp_path: Path) -> None:
    asyncio.run(fill(tmp_path / "data"))
    copy = str((tmp_path / "data" / "asura.db").rename(tmp_path / "copy.db"))
    (tmp_path / "config.yaml").write_text("smpt: {}\nserver: {data: data}\n")
    done = restore(tmp_path, copy)
    assert (done.returncode, "smpt: unknown key" in done.stderr) == (0, True), done.stderr
    (tmp_path / "config.yaml").write_text("server: {daat: data}\n")
    assert restore(tmp_path, copy).returncode == 2
