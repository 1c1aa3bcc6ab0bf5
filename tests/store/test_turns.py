"""Files and folders that are only there meanwhile, and whoever else holds what they begin in."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from asura.errors import StoreUnavailable
from asura.store import removal, turns
from asura.store.snapshot import Stopped, Task


def test_a_folder_that_somebody_holds_is_waited_for_and_then_given_up(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    stages, task = [], Task(lambda stage, _: stages.append(stage))
    for begun in (
        turns.working_folder(tmp_path, task, within_s=0.3),
        turns.appearing(tmp_path / "one.backup", task, within_s=0.3),
    ):
        with pytest.raises(StoreUnavailable, match="another program holds this folder"), begun:
            pass
    assert set(stages) == {"waiting"}
    assert os.listdir(tmp_path) == []

    threading.Timer(0.2, os.close, [descriptor]).start()
    with turns.working_folder(tmp_path, task, within_s=60) as place:
        assert place.is_dir()


def test_who_waits_can_be_stopped(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    task = Task()
    threading.Timer(0.1, task.stop).start()
    began = time.monotonic()
    with pytest.raises(Stopped), turns.working_folder(tmp_path, task):
        pass
    assert time.monotonic() - began < turns.TURN_WITHIN_S / 2
    os.close(descriptor)


def test_what_is_held_is_no_remain(tmp_path: Path) -> None:
    (tmp_path / ".run-dead").mkdir()
    (tmp_path / ".run-dead" / "secret.key").write_text("x")
    with turns.working_folder(tmp_path) as one, turns.working_folder(tmp_path) as other:
        turns.sweep(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted([one, other])
    assert os.listdir(tmp_path) == []


def test_what_is_replaced_goes_in_steps_under_a_second_name(tmp_path: Path) -> None:
    target = tmp_path / "one.backup"
    with target.open("wb") as file:
        os.truncate(file.fileno(), 2 * removal.STEP)
    os.link(target, tmp_path / "another")
    with turns.appearing(target, Task()) as descriptor:
        os.write(descriptor, b"new")
    assert sorted(os.listdir(tmp_path)) == ["another", "one.backup"]
    assert target.read_bytes() == b"new"
    assert (tmp_path / "another").stat().st_size == 2 * removal.STEP


def test_what_cannot_be_replaced_is_left_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "one.backup"
    target.mkdir()
    with pytest.raises(OSError, match="directory"), turns.appearing(target, Task()):
        pass
    assert os.listdir(tmp_path) == ["one.backup"]
