"""What `asura doctor` says of backups: of what lies there, and of what the running asura tells."""

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.cli import doctor_backups
from asura.cli.doctor_backups import Backups
from asura.cli.doctor_commands import BackupsTold
from asura.cli.doctor_finding import State
from tests.cli.doctor_kit import about, look, the
from tests.namespaces import own_mounts
from tests.process import asura

BACKUPS = Backups(folder="/backups", every_s=86400, age_s=3600, count=3, beside=False)
PROBLEM, WARN = State.PROBLEM, State.WARN
TABLE = [
    ("never", {"every_s": 0, "age_s": None}, WARN, "there is none", "every: 1d"),
    ("by hand", {"every_s": 0, "age_s": 9e5}, WARN, "the last is 10 days old", "every: 1d"),
    ("overdue", {"age_s": 5 * 86400}, PROBLEM, "5 days old, and one was to be made every 24 h", "journalctl"),
    ("closed", {"writable": False}, PROBLEM, "nothing can be written to", "install -d"),
    ("unmounted", {"there": False, "age_s": None}, PROBLEM, "/backups is not there", "mount its disk"),
    ("closed to it", {"told": BackupsTold(closed="/b is x", todo="y")}, PROBLEM, "/b is x, so no", "y"),
    (
        "failed",
        {"told": BackupsTold(failed="/b: x.", times=2, since="a")},
        PROBLEM,
        "2 have failed since a: /b: x.",
        "again",
    ),
    ("open passphrase", {"open_key_file": "/p"}, PROBLEM, "can be read by everybody", "chmod 600 /p"),
    ("same disk", {"beside": True}, WARN, "lost with it", "backup.dir"),
]


@pytest.mark.parametrize(
    ("changes", "state", "seen", "todo"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_is_wrong_is_said_with_what_to_do(changes: dict[str, Any], state: State, seen: str, todo: str) -> None:
    found = list(doctor_backups.judge(msgspec.structs.replace(BACKUPS, **changes)))
    (mine,) = [one for one in found if seen in one.seen]
    assert mine.state is state
    assert todo in mine.todo


def test_what_is_well_is_said_once() -> None:
    for told in (None, BackupsTold()):
        (found,) = doctor_backups.judge(msgspec.structs.replace(BACKUPS, told=told))
        assert (found.state, found.seen) == (State.OK, "3 in /backups, the last 60 minutes old")


async def test_what_the_running_asura_says_of_its_backups_counts_and_not_what_we_see(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "asura-20260302T120000Z.backup").write_bytes(b"made by hand")
    config = f"backup: {{every: 1d, dir: '{folder}'}}\n"
    with own_mounts() as mounts:
        # As ProtectSystem=strict has it: for this process alone.
        mounts.run("mount", "--bind", str(folder), str(folder))
        mounts.run("mount", "-o", "remount,ro,bind", str(folder))
        async with asura(tmp_path, config=config, prefix=mounts.prefix) as program:
            await program.post("/backups")
            while (state := (await program.get("/system"))["backup"])["failed"] is None:
                await asyncio.sleep(0.05)
            found = await look(tmp_path, config)
            assert f"backup.dir: {folder} is read-only for asura" in program.log.read_text()
    assert not state["dir_ok"]
    assert "Read-only file system. No backup was made." in state["failed"]["message"]
    assert "run install.sh again, or systemctl edit asura, add [Service] ReadWritePaths=" in state["failed"]["message"]
    closed = the(found, "backups: " + f"{folder} is read-only for asura, so no backup can be made")
    assert closed.state is State.PROBLEM
    assert closed.todo.endswith(f"add [Service] ReadWritePaths={folder}, and restart it")
    assert the(found, "backups: one failed at").state is State.PROBLEM
    assert not about(found, "backups: 1 in")


async def test_backups_that_stopped_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    config = f"backup: {{every: 1d, dir: '{folder}'}}\n"
    assert the(await look(tmp_path, config), "kept is not there").state is State.PROBLEM
    folder.mkdir()
    assert "none yet" in the(await look(tmp_path, config), "backups: none").seen
    one = folder / "asura-20260302T120000Z.backup.age"
    one.write_bytes(b"x")
    assert the(await look(tmp_path, config), "backups: 1 in").state is State.OK
    os.utime(one, (0, 0))
    assert the(await look(tmp_path, config), "one was to be made every 24 hours").state is State.PROBLEM
