"""A backup or a restore that is killed, or finds the disk full: the old is there or the new, and nothing half."""

import asyncio
import contextlib
import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.store import apart, archive_reading, meta, swap
from asura.store.age import Key
from asura.store.db import Store
from asura.store.snapshot import Task
from tests.namespaces import OwnMounts, own_mounts
from tests.process import Asura, asura, eventually
from tests.store.backing import fill, makers

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
KILLS = 5
# Large enough that a kill comes in the middle, at a rate of a slow machine too.
BALLAST = [(number, os.urandom(500_000)) for number in range(24)]


@pytest.fixture(name="mounts")
def _mounts() -> Iterator[OwnMounts]:
    with own_mounts() as mounts:
        yield mounts


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "asura", "--data", str(data), *arguments]


def grown(folder: Path) -> Path:
    """Make a data folder with some megabytes in it."""
    asyncio.run(fill(folder))
    store = Store.open(folder, clock=SystemClock())
    asyncio.run(store.write(lambda db: db.executemany("INSERT INTO blobs VALUES (?, 1, ?)", BALLAST)))
    asyncio.run(store.close())
    return folder


def facts(data: Path) -> tuple[str, bool]:
    """Return what tells one database from another, and whether it is a restored one; it has to open."""

    async def read() -> tuple[str, bool]:
        store = Store.open(data, clock=SystemClock())
        try:
            async with store.read() as reader:
                assert [row[0] for row in await reader.execute_fetchall("PRAGMA integrity_check")] == ["ok"]
                return str(await meta.get(reader, "which")), await meta.get(reader, "held_since") is not None
        finally:
            await store.close()

    return asyncio.run(read())


def mark(data: Path, which: str) -> None:
    async def write() -> None:
        store = Store.open(data, clock=SystemClock())
        await store.write(lambda db: meta.put(db, "which", which))
        await store.close()

    asyncio.run(write())


def test_a_killed_backup_leaves_the_one_before_and_its_remains_go_with_the_next(tmp_path: Path) -> None:
    data = grown(tmp_path / "data")
    target = tmp_path / "out" / "one.backup"
    target.parent.mkdir()
    chance = random.Random()
    subprocess.run(command(data, "backup", str(target)), cwd=ROOT, check=True, capture_output=True)
    whole_s = _time_of(command(data, "backup", str(target)))
    left = 0
    for _ in range(KILLS):
        with subprocess.Popen(command(data, "backup", str(target)), cwd=ROOT, stdout=subprocess.PIPE) as running:
            time.sleep(chance.uniform(0.4, 1.0) * whole_s)
            running.send_signal(signal.SIGKILL)
        left += len(list((data / "backups").iterdir()))
        assert archive_reading.look(target, Key(), Task()).monitors == 1, "the name is that of a whole one, always"
    assert left > 0, "a kill came in the middle"
    subprocess.run(command(data, "backup", str(target)), cwd=ROOT, check=True, capture_output=True)
    assert os.listdir(data / "backups") == []
    assert os.listdir(target.parent) == ["one.backup"]


def _time_of(arguments: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True)
    return time.monotonic() - began


def test_a_killed_restore_leaves_the_old_or_the_new_and_both_open(tmp_path: Path) -> None:
    data = grown(tmp_path / "data")
    mark(data, "new")
    backup = tmp_path / "one.backup"
    subprocess.run(command(data, "backup", str(backup)), cwd=ROOT, check=True, capture_output=True)
    mark(data, "old")
    before = tmp_path / "before"
    shutil.copytree(data, before)
    whole_s = _time_of(command(data, "restore", "--yes", str(backup)))
    assert facts(data) == ("new", True)
    chance, seen = random.Random(), set()
    for number in range(KILLS):
        trial = tmp_path / f"trial-{number}"
        shutil.copytree(before, trial)
        with subprocess.Popen(command(trial, "restore", "--yes", str(backup)), cwd=ROOT, stdout=subprocess.PIPE) as one:
            # Most kills at the end, where one takes the place of the other.
            time.sleep(chance.uniform(0.7, 1.05) * whole_s)
            one.send_signal(signal.SIGKILL)
        found = facts(trial)
        assert found in {("old", False), ("new", True)}
        seen.add(found)
        if found[1]:
            (kept,) = trial.glob("replaced-*")
            assert (kept / "asura.db").exists()
        assert not (trial / swap.MARK).exists()
        done = subprocess.run(
            command(trial, "restore", "--yes", str(backup)), cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert facts(trial) == ("new", True)
        assert not [one for one in os.listdir(trial) if one.startswith((".run-", ".incoming-"))]
        shutil.rmtree(trial)


async def test_a_full_disk_makes_no_backup_and_disturbs_nobody(tmp_path: Path, mounts: OwnMounts) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", "size=300k,mode=700", "none", str(place))
    config = f"backup: {{dir: {place}}}\n"
    async with asura(tmp_path, config=config, prefix=mounts.prefix) as program:
        await program.post("/backups")
        await eventually(lambda: _failed(program), within=20, what="the failure")
        told = (await program.get("/system"))["backup"]
        assert "MiB free, a backup needs" in told["failed"]["message"]
        assert (told["last"], told["dir_ok"]) == (None, True)
        assert list(mounts.seen(place).iterdir()) == []
        assert (await program.http.get("/health/ready")).status_code == 200
        mounts.run("umount", str(place))
        await program.post("/backups")
        await eventually(lambda: _made(program), within=20, what="a backup")
        assert (await program.get("/system"))["backup"]["failed"] is None
        assert await program.terminate() == 0


async def _failed(program: Asura) -> bool:
    told = (await program.get("/system"))["backup"]
    return told["failed"] is not None and not told["running"]


async def _made(program: Asura) -> bool:
    return (await program.get("/system"))["backup"]["last"] is not None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_an_asura_that_ends_takes_the_process_of_its_backup_along(tmp_path: Path, number: signal.Signals) -> None:
    await asyncio.to_thread(grown, tmp_path / "data")
    async with asura(tmp_path) as program:
        await program.post("/backups")
        assert program.process is not None
        process, begun = program.process.pid, list[int]()

        async def begins() -> bool:
            begun[:] = makers(process)
            return bool(begun) and bool((await program.get("/backups"))["stage"])

        await eventually(begins, within=20, what="a backup that is being made")
        program.send(number)
        assert await program.process.wait() in (-signal.SIGKILL, 0)

        async def gone() -> bool:
            return not any(Path(f"/proc/{one}").exists() for one in begun)

        await eventually(gone, within=10, what="the end of the process")
        assert [name for name in os.listdir(tmp_path / "data" / "backups") if name.startswith(".")] == []


async def test_a_command_beside_a_running_asura_steps_back(tmp_path: Path) -> None:
    place, target = tmp_path / "data" / "backups", str(tmp_path / "one.backup")
    async with asura(tmp_path) as program:
        place.mkdir(mode=0o700, exist_ok=True)
        assert _niceness_of(command(program.data, "backup", target), place) == min(19, os.nice(0) + apart.NICENESS)
        assert await program.terminate() == 0
    assert _niceness_of(command(program.data, "backup", target), place) == os.nice(0)


def _niceness_of(arguments: list[str], place: Path) -> int:
    """Return the niceness that a backup has when it waits for its turn in a folder."""
    held = os.open(place, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE) as running:
        while not _has_open(running.pid, place):
            time.sleep(0.01)
        nice = int(Path(f"/proc/{running.pid}/stat").read_text("ascii").rpartition(")")[2].split()[16])
        os.close(held)
        _, said = running.communicate()
    assert running.returncode == 0, said
    return nice


def _has_open(process_id: int, path: Path) -> bool:
    for link in Path(f"/proc/{process_id}/fd").iterdir():
        # Some other file may be closed just now.
        with contextlib.suppress(FileNotFoundError):
            if os.readlink(link) == str(path):
                return True
    return False


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_half(tmp_path: Path, mounts: OwnMounts) -> None:
    """What the look at free disk did not foresee: somebody else takes the room."""
    data, place = grown(tmp_path / "data"), tmp_path / "small"
    place.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", "size=90m,mode=700", "none", str(place))
    seen = mounts.seen(place)
    before = b"\x28\xb5\x2f\xfd the one before"
    (seen / "one.backup").write_bytes(before)
    arguments = [*mounts.prefix, *command(data, "backup", f"{place}/one.backup")]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, start_new_session=True) as running:
        while running.poll() is None and not list(seen.glob(".asura-*")):
            pass
        os.killpg(running.pid, signal.SIGSTOP)
        with (seen / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(bytes(1 << 16))
        os.killpg(running.pid, signal.SIGCONT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert b"No space left on device. No backup was made." in said
    assert (seen / "one.backup").read_bytes() == before
    assert sorted(os.listdir(seen)) == ["ballast", "one.backup"]
    assert os.listdir(data / "backups") == []


def test_without_room_nothing_is_restored(tmp_path: Path, mounts: OwnMounts) -> None:
    data, place = grown(tmp_path / "data"), tmp_path / "small"
    subprocess.run(command(data, "backup", str(tmp_path / "one.backup")), cwd=ROOT, check=True, capture_output=True)
    place.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", str(place))
    done = subprocess.run(
        [*mounts.prefix, *command(place, "restore", str(tmp_path / "one.backup"))], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"MiB free, what is inside needs" in done.stderr
    assert b"Traceback" not in done.stderr
    assert os.listdir(mounts.seen(place)) == ["asura.lock"]
