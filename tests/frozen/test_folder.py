"""What the executable unpacks: gone in the end, whoever is killed; and what is said where it cannot be unpacked."""

import fcntl
import os
import pty
import re
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from frozen.folder import tell_of_another
from tests.frozen.kit import EXECUTABLE, ROOT, Running, eventually, free_port, run, running

pytestmark = pytest.mark.frozen


def test_it_ends_cleanly_and_leaves_nothing_unpacked(tmp_path: Path) -> None:
    one = Running(tmp_path)
    assert [path.name[:4] for path in one.unpacked.iterdir()] == ["_MEI"]
    began = time.monotonic()
    assert one.stop() == 0
    assert time.monotonic() - began < 15
    assert list(one.unpacked.iterdir()) == []


def test_killing_the_launcher_ends_the_child_and_leaves_nothing_unpacked(tmp_path: Path) -> None:
    one = Running(tmp_path)
    one.process.kill()
    one.wait()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://{one.listen}/api/v1/health")
    assert list(one.unpacked.iterdir()) == []


def test_killing_the_child_ends_the_launcher_and_leaves_nothing_unpacked(tmp_path: Path) -> None:
    one = Running(tmp_path)
    os.kill(one.child, signal.SIGKILL)
    one.wait()
    assert one.process.returncode not in (None, 0)
    assert list(one.unpacked.iterdir()) == []


def test_control_c_in_a_terminal_ends_it_as_it_should(tmp_path: Path) -> None:
    port = free_port()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(EXECUTABLE, [str(EXECUTABLE), "--listen", f"127.0.0.1:{port}"], {"TMPDIR": str(tmp_path)})
    said = b""
    while b"http://127.0.0.1" not in said:
        said += os.read(terminal, 4096)
    eventually(lambda: _answers(port), "it does not answer")
    os.write(terminal, b"\x03")
    while True:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, said.decode()
    assert b"Traceback" not in said
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("_MEI")] == []


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/api/v1/health").status_code == 200
    except httpx2.HTTPError:
        return False


# Folders that lie where it unpacks, and whether the next start removes them.


def folder(around: Path, name: str, *, mark: str | None = "4711\n", mode: int = 0o700, age_s: float = 0) -> Path:
    """Make a folder as a dead asura leaves it."""
    made = around / name
    made.mkdir(mode=mode)
    made.chmod(mode)
    (made / "libpython3.so").write_bytes(b"x")
    if mark is not None:
        (made / ".asura").write_text(mark)
        os.utime(made / ".asura", (time.time() - age_s,) * 2)
    return made


def test_the_next_start_removes_what_is_surely_left_over_and_nothing_else(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".asura").write_text("1\n")
    (elsewhere / "precious").write_text("mine")
    around = tmp_path / "unpacked"
    around.mkdir(mode=0o700)
    gone = [
        folder(around, "_MEI7fffff01abcdef"),
        folder(around, "_MEI7fffff02abcdef", mark="", age_s=3600),
        folder(around, "_MEI7fffff0babcdef", mode=0o755),  # of a command that went on as another user
    ]
    (gone[0] / "link").symlink_to(elsewhere)
    kept = [
        folder(around, "_MEI7fffff03abcdef", mark=None),  # of another program
        folder(around, "_MEI7fffff04abcdef", mark=""),  # being unpacked right now
        folder(around, "_MEI7fffff05abcdef", mode=0o770),  # others may write in it
        folder(around, "_MEI7fffff06abcdef"),  # in use, see below
        folder(around, "other7fffff07abcd"),
    ]
    link = around / "_MEI7fffff08abcdef"
    link.symlink_to(elsewhere)
    marked = folder(around, "_MEI7fffff09abcdef", mark=None)
    (marked / ".asura").symlink_to(elsewhere / ".asura")
    if os.geteuid() == 0:
        foreign = folder(around, "_MEI7fffff0aabcdef")
        os.chown(foreign, 65534, 65534)
        kept.append(foreign)
    held = os.open(kept[3], os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    try:
        done = run("config", "check", cwd=tmp_path, TMPDIR=str(around))
    finally:
        os.close(held)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in gone if path.exists()] == []
    assert {path.name for path in around.iterdir()} == {path.name for path in (*kept, marked, link)}
    assert {path.name for path in elsewhere.iterdir()} == {".asura", "precious"}


def test_a_folder_that_may_be_written_to_and_not_read_is_no_obstacle() -> None:
    with tempfile.TemporaryDirectory(prefix="asura-test-") as folder:
        os.chmod(folder, 0o755)
        executable, around = Path(folder) / "asura", Path(folder) / "unpacked"
        shutil.copy(EXECUTABLE, executable)
        around.mkdir()
        around.chmod(0o1333)
        # Root reads everything, so somebody else has to try it.
        user = 65534 if os.geteuid() == 0 else None
        command: list[str | Path] = [executable, "config", "check"]
        done = subprocess.run(
            command, cwd="/", env={"TMPDIR": str(around)}, capture_output=True, text=True, check=False, user=user
        )
        around.chmod(0o755)
        assert done.returncode == 0, done.stderr
        assert list(around.iterdir()) == []


# Where it cannot be unpacked. What the launcher itself says, docs/operating/runbook.md explains.


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system of its own; needs root, and a kernel that lets it mount."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(
    ("options", "says", "left"),
    [
        ("size=60M,noexec", "failed to map segment from shared object", 0),
        # The launcher gives up and leaves what it made; a start ten minutes later removes it.
        ("size=4M", "Failed to extract", 1),
        ("size=9M", "cannot unpack .* No space left on device. Make room there, or .* TMPDIR", 0),
    ],
    ids=["noexec", "full at once", "full later"],
)
def test_where_nothing_can_be_unpacked_it_ends_at_once_and_says_so(
    tmp_path: Path, options: str, says: str, left: int
) -> None:
    with mounted(tmp_path / "small", options) as small:
        done = run("config", "check", cwd=tmp_path, TMPDIR=str(small))
        assert done.returncode != 0
        assert re.search(says, done.stderr), done.stderr
        assert "Traceback" not in done.stderr
        assert len(list(small.iterdir())) == left


def test_where_the_named_folder_cannot_be_written_another_is_taken(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "size=60M,ro") as small:
        assert run("config", "check", cwd=tmp_path, TMPDIR=str(small)).returncode == 0


@pytest.mark.parametrize("page", ["runbook.md", "tuning.md"])
def test_the_remedy_of_the_pages_makes_the_folder_that_it_unpacks_into(page: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "operating" / page).read_text("utf-8")
    (command,) = set(re.findall(r"`(install -d [^`]+)`", text))
    assert "TMPDIR=/var/lib/asura/tmp`" in text
    place = tmp_path / "unpacked"
    us = f"-o {os.geteuid()} -g {os.getegid()}"
    made = command.replace("-o asura -g asura", us).replace("/var/lib/asura/tmp", str(place))
    subprocess.run(shlex.split(made), check=True)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    with running(tmp_path) as one:
        assert one.unpacked == place
        assert [path.name[:4] for path in place.iterdir()] == ["_MEI"]


def test_where_the_named_folder_was_not_used_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(tmp_path / "_MEI7fffff01abcdef")
    for wanted in ("", str(tmp_path), f"{tmp_path}/"):
        tell_of_another(wanted, home)
    assert capsys.readouterr().err == ""
    (tmp_path / "closed").mkdir()
    for name, why in (("closed", "cannot be written to"), ("gone", "is not there")):
        tell_of_another(str(tmp_path / name), home)
        said = f"asura: TMPDIR={tmp_path}/{name} {why}, so asura is unpacked into {tmp_path}. "
        assert capsys.readouterr().err.startswith(said)
