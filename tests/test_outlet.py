"""What a server prints waits for nobody, and its last words are still read where somebody reads."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from asura.outlet import MOST_WAITING, Outlet

SMALLEST = 4096
CRASH = """
import logging, sys
from asura import log
from asura.outlet import hold_nobody_up
hold_nobody_up()
log.configure()
logging.getLogger("asura").info("the last line of the log")
print("the last words on stdout")
raise SystemError("and why it crashed")
"""
REGULAR = "from asura.outlet import *; import sys; a = sys.stdout; hold_nobody_up(); print(a is sys.stdout)"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, SMALLEST)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def read(descriptor: int, size: int) -> bytes:
    """Return so much of what comes."""
    found = b""
    while len(found) < size:
        found += os.read(descriptor, size - len(found))
    return found


def test_a_pipe_that_nobody_reads_holds_nobody_up_and_all_of_it_comes_when_somebody_does(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1], "out")
    lines = [f"{number:06d}\n".encode() for number in range(20_000)]
    for line in lines:
        outlet.write(line)
    assert not outlet.finish(0.01)
    assert read(pipe[0], 140_000) == b"".join(lines)
    assert outlet.finish(30)


def test_what_is_too_much_is_lost_and_counted_where_it_is_missing(
    pipe: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    outlet = Outlet(pipe[1], "out")
    outlet.write(b"x" * 2 * SMALLEST)
    while outlet._waiting:
        time.sleep(0.001)
    for _ in range(2):
        outlet.write(b"y" * (MOST_WAITING // 2))
    for _ in range(3):
        outlet.write(b"z")
    assert len(read(pipe[0], 2 * SMALLEST + MOST_WAITING)) == 2 * SMALLEST + MOST_WAITING
    until = time.monotonic() + 30
    while not caplog.messages and time.monotonic() < until:
        time.sleep(0.01)
    assert caplog.messages == ["3 lines of output are missing here: for a while nobody read them"]
    outlet.write(b"again")
    assert read(pipe[0], 5) == b"again"


def test_a_reader_that_has_gone_is_no_fault(pipe: tuple[int, int]) -> None:
    reading, writing = os.pipe()
    outlet = Outlet(writing, "out")
    os.close(reading)
    outlet.write(b"to nobody")
    assert outlet.finish(30)
    os.close(writing)


def test_a_pipe_that_somebody_else_made_unwaiting_is_written_to_all_the_same(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[1], False)
    outlet = Outlet(pipe[1], "out")
    outlet.write(b"w" * 5 * SMALLEST)
    reader = threading.Timer(0.05, read, (pipe[0], 5 * SMALLEST))
    reader.start()
    assert outlet.finish(30)
    reader.join()


def test_the_last_words_before_a_crash_are_read() -> None:
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == "the last words on stdout\n"
    first, *rest = done.stderr.splitlines()
    assert first.endswith("the last line of the log")
    assert rest[-1] == "SystemError: and why it crashed"


def test_a_crash_whose_words_nobody_reads_ends_all_the_same() -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, SMALLEST)
    os.write(writing, b"x" * SMALLEST)
    done = subprocess.run([sys.executable, "-c", CRASH], stdout=writing, stderr=writing, timeout=60, check=False)
    assert done.returncode == 1
    os.close(reading)
    os.close(writing)


def test_a_regular_file_needs_no_thread(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "out")
    with open(path, "w") as out:
        subprocess.run([sys.executable, "-c", REGULAR], stdout=out, check=True)
    with open(path) as out:
        assert out.read() == "True\n"
