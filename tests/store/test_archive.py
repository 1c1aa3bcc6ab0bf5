"""A backup: whole, verified, private, and made of one moment; no trace of one that does not come to its end."""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest

from asura import __version__
from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.store import archive, folder, migrate, swap
from asura.store.age import Lock
from asura.store.db import Store
from asura.store.snapshot import Stopped, Task
from tests.store.backing import AT, PASSPHRASE, fill, manifest_of, unpacked, write
from tests.store.kit import append, up


@pytest.fixture(name="data")
def _data(tmp_path: Path) -> Path:
    asyncio.run(fill(tmp_path / "data"))
    return tmp_path / "data"


async def test_it_holds_database_key_and_what_is_said_of_them(data: Path, tmp_path: Path) -> None:
    written = write(data, tmp_path / "one.backup")
    inside = unpacked(written.path)
    assert list(inside) == ["manifest.json", "asura.db", "secret.key"]
    assert inside["secret.key"] == (data / "secret.key").read_bytes()
    said = manifest_of(written.path)
    assert (said["product"], said["format"], said["version"]) == ("asura", 1, __version__)
    assert (said["schema"], said["monitors"], said["made_at"]) == (migrate.newest(), 1, "2026-03-02T12:00:00Z")
    assert said["rows"]["monitors"] == said["rows"]["channels"] == 1
    assert said["files"]["asura.db"]["sha256"] == hashlib.sha256(inside["asura.db"]).hexdigest()
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    assert written.bytes == written.path.stat().st_size
    assert os.listdir(data / "backups") == []


def test_a_database_that_a_restore_would_refuse_makes_no_backup(data: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(data / "asura.db")) as db:
        db.execute("CREATE VIEW mine AS SELECT 1")
    with pytest.raises(StoreUnavailable, match=r"asura\.db: its view 'mine' is none that asura makes\. No backup"):
        write(data, tmp_path / "one.backup")
    assert os.listdir(tmp_path) == ["data"]


async def test_it_is_of_one_moment_though_somebody_writes_all_the_time(data: Path, tmp_path: Path) -> None:
    store = Store.open(data, clock=SystemClock())
    await store.write(store.results.load)
    await store.write(lambda db: db.execute("INSERT INTO blobs VALUES (1, 1, randomblob(4000000))"))
    ended = asyncio.Event()

    async def go_on() -> int:
        count = 0
        while not ended.is_set():
            await append(store, up(1, AT))
            count += 1
        return count

    writing = asyncio.create_task(go_on())
    steps: list[float] = []
    task = Task(lambda stage, ratio: steps.append(ratio) if stage == "copying" else None, gentle=True)
    try:
        written = await asyncio.to_thread(write, data, tmp_path / "one.backup", None, task)
    finally:
        ended.set()
    assert await writing > 5, "somebody wrote"
    assert steps == sorted(steps), "the copy never began anew"
    assert len(steps) > 5
    await store.close()
    (tmp_path / "asura.db").write_bytes(unpacked(written.path)["asura.db"])
    with sqlite3.connect(tmp_path / "asura.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = db.execute("SELECT count(*) FROM tail").fetchone()[0]
    db.close()
    assert rows == written.manifest.rows["tail"]


async def test_what_is_only_in_the_log_is_in_it_too(data: Path, tmp_path: Path) -> None:
    store = Store.open(data, clock=SystemClock())
    await store.write(lambda db: db.execute("INSERT INTO meta VALUES ('zwetschge', 'yes')"))
    assert b"zwetschge" not in (data / "asura.db").read_bytes()
    assert b"zwetschge" in unpacked(write(data, tmp_path / "one.backup").path)["asura.db"]
    await store.close()


async def test_without_secrets_there_is_no_key_to_hold(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "data", clock=SystemClock())
    await store.close()
    assert list(unpacked(write(tmp_path / "data", tmp_path / "one").path)) == ["manifest.json", "asura.db"]


async def test_a_folder_without_a_database_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no database"):
        write(tmp_path, tmp_path / "one")
    assert os.listdir(tmp_path) == []


async def test_a_damaged_database_makes_no_backup(data: Path, tmp_path: Path) -> None:
    whole = (data / "asura.db").read_bytes()
    page = 4096 * 6
    (data / "asura.db").write_bytes(whole[:page] + b"\xff" * 4096 + whole[page + 4096 :])
    with pytest.raises(StoreUnavailable, match=r"damaged|malformed|rows in"):
        write(data, tmp_path / "one.backup")
    assert os.listdir(tmp_path) == ["data"]


async def test_a_key_that_does_not_open_the_secrets_makes_no_backup(data: Path, tmp_path: Path) -> None:
    (data / "secret.key").write_bytes(os.urandom(32))
    with pytest.raises(StoreUnavailable, match="sealed with another key"):
        write(data, tmp_path / "one.backup")
    (data / "secret.key").unlink()
    with pytest.raises(StoreUnavailable, match=rf"^{data}/secret\.key: missing.* No backup was made"):
        write(data, tmp_path / "one.backup")
    assert os.listdir(tmp_path) == ["data"]


@pytest.mark.parametrize(
    "stage", ["copying", "counting", "checking", "summing", "packing", "reading again", "unpacking"]
)
async def test_stopped_anywhere_it_leaves_no_trace(data: Path, tmp_path: Path, stage: str) -> None:
    (tmp_path / "one.backup").write_text("the one before")
    task = Task(lambda now, _: task.stop() if now == stage else None)
    with pytest.raises(Stopped):
        write(data, tmp_path / "one.backup", Lock(passphrase=PASSPHRASE) if stage == "unpacking" else None, task)
    assert sorted(os.listdir(tmp_path)) == ["data", "one.backup"]
    assert (tmp_path / "one.backup").read_text() == "the one before"
    assert os.listdir(data / "backups") == []


async def test_what_it_tells_of_its_way_never_goes_back(data: Path, tmp_path: Path) -> None:
    seen: list[float] = []
    task = Task(lambda *_: seen.append(task.overall))
    write(data, tmp_path / "one.backup", Lock(passphrase=PASSPHRASE), task)
    assert seen == sorted(seen)
    assert round(seen[-1], 2) == 1.0


async def test_what_killed_runs_left_goes_and_what_others_are_at_stays(data: Path, tmp_path: Path) -> None:
    folder.make_private(data / "backups")
    dead, alive = data / "backups" / ".run-dead", data / "backups" / ".run-alive"
    for one in (dead, alive):
        one.mkdir()
        (one / "asura.db").write_text("half")
    left, used = tmp_path / ".asura-1-x.partial", tmp_path / ".asura-2-x.partial"
    left.touch()
    held = os.open(alive, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with used.open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        write(data, tmp_path / "one.backup")
    os.close(held)
    assert os.listdir(data / "backups") == [".run-alive"]
    assert sorted(os.listdir(tmp_path)) == [".asura-2-x.partial", "data", "one.backup"]


async def test_a_place_that_cannot_be_written_is_a_plain_error(data: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"No such file or directory\. No backup was made"):
        write(data, tmp_path / "nowhere" / "one.backup")


async def test_an_interrupted_restore_is_finished_first(data: Path, tmp_path: Path) -> None:
    (data / swap.MARK).touch()
    with pytest.raises(StoreUnavailable, match="a restore was interrupted"):
        write(data, tmp_path / "one.backup")


async def test_a_stream_is_the_same_as_a_file(data: Path, tmp_path: Path) -> None:
    pieces: list[bytes] = []
    manifest = archive.stream(data, pieces.append, at=AT, lock=None, task=Task())
    (tmp_path / "streamed").write_bytes(b"".join(pieces))
    assert manifest_of(tmp_path / "streamed")["rows"] == manifest.rows
