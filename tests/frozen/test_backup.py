"""Backups by the executable: the process that makes one unpacks for itself, and goes with whoever ordered it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.store import archive_reading
from asura.store.age import Key
from asura.store.snapshot import Task
from tests.frozen.kit import EXECUTABLE, Running, eventually, running

pytestmark = pytest.mark.frozen


def made(client: httpx2.Client) -> dict[str, Any]:
    """Let a backup be made, and return how it stands with them then."""
    assert client.post("/api/v1/backups").status_code == 202
    eventually(lambda: not client.get("/api/v1/backups").json()["running"], "it is still made")
    state: dict[str, Any] = client.get("/api/v1/system").json()["backup"]
    return state


def test_a_backup_is_made_and_nothing_of_it_stays_unpacked(tmp_path: Path) -> None:
    with running(tmp_path) as one:
        before = list(one.unpacked.iterdir())
        with one.client() as client:
            state = made(client)
        assert state["failed"] is None, state
        path = one.data / "asura-data" / "backups" / state["last"]["name"]
        assert archive_reading.look(path, Key(), Task()).monitors == 0
        eventually(lambda: list(one.unpacked.iterdir()) == before, "more is unpacked than before")
        assert [name for name in os.listdir(path.parent) if name.startswith(".")] == []


@pytest.mark.parametrize("end", [Running.crash, lambda one: one.process.kill(), Running.stop])
def test_whoever_ends_it_ends_the_backup_that_is_made(tmp_path: Path, end: Callable[[Running], object]) -> None:
    with running(tmp_path) as one:
        place = one.data / "asura-data" / "backups"
        place.mkdir(mode=0o700, exist_ok=True)
        # So that it waits for its turn there, for ten seconds.
        held = os.open(place, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        (own,) = one.unpacked.iterdir()
        with one.client() as client:
            client.post("/api/v1/backups")
            eventually(lambda: client.get("/api/v1/backups").json()["stage"] == "waiting", "it was not begun")
        assert len(list(one.unpacked.iterdir())) == 2
        end(one)
        one.wait()
        eventually(lambda: set(one.unpacked.iterdir()) <= {own}, "what it unpacked is still there")
        os.close(held)
        assert os.listdir(place) == []


def test_where_no_executable_is_left_the_backup_fails_and_says_so(tmp_path: Path) -> None:
    own = tmp_path / "asura"
    own.write_bytes(EXECUTABLE.read_bytes())
    own.chmod(0o755)
    with running(tmp_path, own) as one:
        own.unlink()
        with one.client() as client:
            told = made(client)["failed"]["message"]
    assert told == f"{own}: No such file or directory. Backups are made by a process of its own. No backup was made."
