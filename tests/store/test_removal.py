"""Large files go step by step, and never away from somebody who still has them."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from asura.store import removal
from asura.store.snapshot import Task

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
    removal.remove(large(tmp_path / "one"), Task())
    assert os.listdir(tmp_path) == []
    assert cuts == [2 * removal.STEP + 4096, removal.STEP + 4096, 4096]


def test_a_small_one_is_just_removed_and_a_missing_one_is_told(tmp_path: Path, cuts: list[int]) -> None:
    (tmp_path / "one").write_bytes(b"x" * 1000)
    removal.remove(tmp_path / "one", Task())
    assert (os.listdir(tmp_path), cuts) == ([], [])
    with pytest.raises(FileNotFoundError):
        removal.remove(tmp_path / "one", Task())


def test_who_has_another_name_for_it_or_reads_it_keeps_all_of_it(tmp_path: Path, cuts: list[int]) -> None:
    os.link(large(tmp_path / "one"), tmp_path / "another")
    removal.remove(tmp_path / "one", Task())
    assert (tmp_path / "another").stat().st_size == LARGE
    with (tmp_path / "another").open("rb") as download:
        removal.remove(tmp_path / "another", Task())
        assert os.fstat(download.fileno()).st_size == LARGE
    assert (os.listdir(tmp_path), cuts) == ([], [])


def test_what_is_no_file_is_not_followed_and_not_waited_for(tmp_path: Path, cuts: list[int]) -> None:
    large(tmp_path / "one")
    (tmp_path / "link").symlink_to("one")
    os.mkfifo(tmp_path / "pipe")
    removal.remove(tmp_path / "link", Task())
    removal.remove(tmp_path / "pipe", Task())
    assert (os.listdir(tmp_path), cuts) == (["one"], [])


def test_nobody_waits_for_the_content_who_does_not_want_to(
    tmp_path: Path, cuts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: go.wait(10))
    removal.begin_to_remove(large(tmp_path / "one"))
    assert os.listdir(tmp_path) == []
    assert len(cuts) < 2
    go.set()
    limit = time.monotonic() + 10
    while len(cuts) < 3:
        assert time.monotonic() < limit
        time.sleep(0.01)
    with pytest.raises(FileNotFoundError):
        removal.begin_to_remove(tmp_path / "one")


def test_who_is_to_stop_leaves_the_rest_to_the_system(tmp_path: Path, cuts: list[int]) -> None:
    task = Task()
    task.stop()
    removal.remove(large(tmp_path / "one"), task)
    assert (os.listdir(tmp_path), cuts) == ([], [])


BREAK = """
import fcntl, os, sys
from pathlib import Path
from asura.store import removal
from asura.store.snapshot import Task

real = fcntl.fcntl

def leased(descriptor, command, argument=0):
    result = real(descriptor, command, argument)
    if (command, argument) == (fcntl.F_SETLEASE, fcntl.F_WRLCK):
        try:
            os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_NONBLOCK)
        except BlockingIOError:
            print("the lease was broken")
    return result

fcntl.fcntl = leased
removal.remove(Path(sys.argv[1]), Task())
print("lives")
"""


def test_who_opens_it_at_that_very_moment_ends_nobody(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BREAK, str(large(tmp_path / "one"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "the lease was broken\nlives\n"), done.stderr
