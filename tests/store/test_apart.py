"""Backups that a process of its own makes: what it says, how it is stopped, and what becomes of one that is killed."""

import asyncio
import base64
import errno
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from asura import __version__
from asura.errors import AsuraError, StoreUnavailable
from asura.store import apart, archive_reading, folder, snapshot
from asura.store.age import Key, Lock
from asura.store.apart import Done
from asura.store.snapshot import Stopped, Task
from tests.store.backing import AT, PASSPHRASE, fill, makers, waiting_for_their_turn

LOCK = Lock(passphrase=PASSPHRASE)


@pytest.fixture(name="data")
def _data(tmp_path: Path) -> Path:
    asyncio.run(fill(tmp_path / "data"))
    return tmp_path / "data"


def write(data: Path, task: Task | None = None, lock: Lock | None = None, target: Path | None = None) -> Done:
    return apart.write(data, target or data.parent / "one.backup", at=AT, lock=lock, task=task or Task())


@contextmanager
def begun(data: Path, task: Task, lock: Lock | None = None) -> Iterator[tuple[int, Callable[[], BaseException | Done]]]:
    """Yield the process of a backup that has begun, and what waits for its end."""
    ended: list[BaseException | Done] = []

    def work() -> None:
        try:
            ended.append(write(data, task, lock))
        except BaseException as error:
            ended.append(error)

    def end() -> BaseException | Done:
        thread.join(30)
        return ended[0]

    thread = threading.Thread(target=work)
    thread.start()
    while not (made := makers()):
        assert thread.is_alive()
        time.sleep(0.002)
    yield made[0], end
    end()


@pytest.fixture(name="endless")
def _endless(data: Path) -> Iterator[None]:
    with waiting_for_their_turn(data):
        yield


def until_waiting(task: Task) -> None:
    limit = time.monotonic() + 20
    while task.stage != "waiting":
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_it_makes_a_whole_backup_and_says_how_far_it_is(data: Path) -> None:
    stages: list[str] = []
    done = write(data, Task(lambda stage, _: stages.append(stage)), LOCK)
    path = data.parent / "one.backup"
    assert done.bytes == path.stat().st_size
    assert done.took_s > 0
    manifest = archive_reading.look(path, Key(passphrase=PASSPHRASE), Task())
    assert (manifest.monitors, manifest.made_at) == (1, AT)
    seen = list(dict.fromkeys(stages))
    assert seen == [stage for stage in snapshot.ENDS if stage in seen]
    assert len(seen) > 3
    assert makers() == []
    assert os.listdir(data / folder.BACKUPS) == []


def test_the_passphrase_is_seen_by_nobody_else(data: Path, endless: None) -> None:
    task = Task()
    with begun(data, task, LOCK) as (process, end):
        until_waiting(task)
        for name in ("cmdline", "environ"):
            assert PASSPHRASE.reveal().encode() not in Path(f"/proc/{process}/{name}").read_bytes()
        task.stop()
        assert isinstance(end(), Stopped)


def test_it_steps_back_for_others(data: Path, endless: None) -> None:
    task = Task()
    with begun(data, task) as (process, _):
        until_waiting(task)
        nice = int(Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[16])
        memory = int(Path(f"/proc/{process}/oom_score_adj").read_text("ascii"))
        session, group = os.getsid(process), os.getpgid(process)
        task.stop()
    # Between two sessions Linux shares by halves, however nice a process is; Ctrl-C goes to a group.
    assert session == os.getsid(0)
    assert group == process
    assert nice == min(19, os.nice(0) + apart.NICENESS)
    assert memory == apart.FIRST_TO_GO


def test_what_is_wrong_comes_back_with_the_error_of_the_system(data: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="No such file or directory") as caught:
        write(data, target=tmp_path / "missing" / "one.backup")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOENT
    with pytest.raises(StoreUnavailable, match="there is no database of asura") as caught:
        write(tmp_path / "nothing")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("hangs", [False, True])
def test_a_stop_ends_it_soon_and_leaves_nothing(data: Path, endless: None, hangs: bool) -> None:
    task = Task()
    with begun(data, task) as (process, end):
        until_waiting(task)
        if hangs:
            os.kill(process, signal.SIGSTOP)
        began = time.monotonic()
        task.stop()
        assert isinstance(end(), Stopped)
        assert time.monotonic() - began < apart.STOPS_WITHIN_S + 2
        assert not Path(f"/proc/{process}").exists()
    assert os.listdir(data / folder.BACKUPS) == []
    assert not (data.parent / "one.backup").exists()


@pytest.mark.parametrize(("number", "why"), [(signal.SIGKILL, " (out of memory?)"), (signal.SIGTERM, "")])
def test_one_that_somebody_else_ends_has_failed(data: Path, endless: None, number: signal.Signals, why: str) -> None:
    task = Task()
    with begun(data, task) as (process, end):
        until_waiting(task)
        os.kill(process, number)
        told = end()
    assert isinstance(told, AsuraError)
    assert not isinstance(told, Stopped)
    assert str(told) == f"the process that makes backups was killed by signal {number.value}{why}"


def test_a_stop_at_the_very_end_leaves_a_whole_backup_that_is_known(data: Path) -> None:
    """Its name is there, and only what was needed for it is still removed."""
    task = Task()
    with begun(data, task) as (process, end):
        while not (data.parent / "one.backup").exists():
            time.sleep(0.001)
        # It may be quicker than we are.
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGSTOP)
            task.stop()
            time.sleep(0.3)
            os.kill(process, signal.SIGCONT)
        assert isinstance(end(), Done)
    assert os.listdir(data / folder.BACKUPS) == []


def test_paths_that_are_no_text_are_paths(data: Path) -> None:
    place = Path(os.fsdecode(os.fsencode(data.parent) + b"/d\xff"))
    data.rename(place)
    target = place.with_name(os.fsdecode(b"\xfe.backup"))
    assert write(place, target=target).bytes == target.stat().st_size


def test_an_executable_that_is_gone_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/asura")
    with pytest.raises(AsuraError, match="/nowhere/asura: No such file or directory"):
        write(data)


def command() -> list[str]:
    return [sys.executable, "-m", "asura", apart.WORD]


def test_another_asura_that_was_put_in_its_place_makes_none(data: Path) -> None:
    target = base64.b64encode(os.fsencode(data.parent / "one.backup")).decode()
    order = {"version": "0.0.1", "data": "", "target": target, "and": "more"}
    said = subprocess.run(command(), input=json.dumps(order) + "\n", capture_output=True, text=True, check=True).stdout
    assert json.loads(said)["message"] == (
        f"this asura is 0.0.1, and {__version__} has been put in its place meanwhile: restart asura"
    )
    assert not (data.parent / "one.backup").exists()


def test_it_ends_when_nobody_orders_anything_and_tells_a_person_the_command(data: Path) -> None:
    silent = subprocess.run(command(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (silent.returncode, silent.stdout, silent.stderr) == (1, b"", b"")
    closed = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *command()], capture_output=True, check=False)
    assert (closed.returncode, closed.stdout, closed.stderr) == (1, b"", b"")
    ours, theirs = pty.openpty()
    typed = subprocess.run(command(), stdin=theirs, capture_output=True, text=True, check=False)
    os.close(ours)
    os.close(theirs)
    assert (typed.returncode, typed.stdout) == (2, "")
    assert "asura backup FILE" in typed.stderr
