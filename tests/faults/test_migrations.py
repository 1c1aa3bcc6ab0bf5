"""A migration that is killed or has no room changes nothing: the next start finds the old database, and goes on."""

import asyncio
import contextlib
import hashlib
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.store import migrate, twin
from asura.store.db import Store
from tests.databases import OLDER, unpacked
from tests.faults.test_store_disk import no_file_beyond
from tests.process import Asura

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
# Each piece of a copy takes half a second, whatever the disk can do; asura stays the process that was started.
SLOW_COPY = ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "--seccomp-bpf", "-e", "trace=copy_file_range")
DELAY = ("-e", "inject=copy_file_range:delay_enter=500000")
# Prints a line for each life: the statement before which it was killed. The last one lives to the end.
CHILD = """
import os, shutil, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from asura.store import connections, migrate, twin

source, target = Path(sys.argv[1]), Path(sys.argv[2])
def live(folder, last):
    path, seen = folder / "asura.db", 0
    def before(statement):
        nonlocal seen
        seen += 1
        if seen > last:
            os.kill(os.getpid(), signal.SIGKILL)
    if last < 0:
        twin.reserve(folder / "backups" / "asura-schema-0-x.db", 100_000)
        before("")
    db = connections.open_writer(path)
    db.set_trace_callback(before)
    migrate.migrate(db, path)
    # Without a word: what was committed is in the log.
    os.kill(os.getpid(), signal.SIGTERM)

last = -1
while True:
    folder = target / str(last)
    shutil.copytree(source, folder)
    (folder / "backups").mkdir()
    child = os.fork()
    if not child:
        live(folder, last)
    _, status = os.waitpid(child, 0)
    print(last, os.WTERMSIG(status), flush=True)
    if os.WTERMSIG(status) != signal.SIGKILL:
        break
    last += 1
"""


def facts_of(path: Path) -> list[object]:
    """Return everything that an old schema holds, as one sum for each table."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        told = [(name, hashlib.sha256(repr(db.execute(f"SELECT * FROM {name}").fetchall()).encode())) for name in names]
        return [(name, found.hexdigest()) for name, found in told]


def start_and_stop(folder: Path) -> None:
    async def both() -> None:
        await Store.open(folder, clock=SystemClock()).close()

    asyncio.run(both())


@pytest.mark.parametrize("schema", OLDER)
def test_a_migration_killed_before_any_of_its_statements_is_made_whole_by_the_next_start(
    schema: int, tmp_path: Path
) -> None:
    source, target = tmp_path / "source", tmp_path / "killed"
    before = facts_of(unpacked(schema, source))
    target.mkdir()
    child = [sys.executable, "-c", CHILD, str(source), str(target)]
    lives = subprocess.run(child, capture_output=True, text=True, cwd=ROOT, check=True).stdout.splitlines()
    assert len(lives) > 3 and lives[0] == f"-1 {signal.SIGKILL:d}" and lives[-1].endswith(f" {signal.SIGTERM:d}")
    for number, life in enumerate(lives):
        folder = target / life.split()[0]
        path = folder / "asura.db"
        # All of it or nothing, also for the eyes of an older executable.
        done = number == len(lives) - 1
        assert migrate.schema_of(path) == (migrate.newest() if done else schema), life
        assert done or facts_of(path) == before, life
        start_and_stop(folder)
        assert migrate.schema_of(path) == migrate.newest(), life
        kept = list((folder / "backups").iterdir())
        assert len(kept) == (0 if done else 1) and all(facts_of(one) == before for one in kept), life
        shutil.rmtree(folder)


async def test_a_large_database_is_in_use_while_it_is_copied_and_a_kill_costs_no_byte_of_the_copy(
    tmp_path: Path,
) -> None:
    assert shutil.which("strace"), "this test needs the package strace"
    program = Asura(tmp_path, prefix=(*SLOW_COPY, *DELAY))
    path, backups = unpacked(1, program.data), program.data / "backups"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE filler (x)")
        db.executemany("INSERT INTO filler VALUES (zeroblob(?))", [(1_000_000,)] * 40)
        db.commit()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    pings = []
    try:
        for life in range(2):
            await program.start()
            made = await program.post("/monitors", {"type": "heartbeat", "interval": 60, "name": f"job {life}"})
            pings.append(made["heartbeat"]["token"])
            for token in pings:
                assert (await program.http.get(f"/heartbeat/{token}")).is_success
            if not twin.can_share(backups):
                assert [file.suffix for file in backups.iterdir()] == [".partial"]
                assert hashlib.sha256(path.read_bytes()).hexdigest() == before
            await program.kill()
        assert migrate.schema_of(path) == migrate.newest()
        program.prefix = ()
        await program.start()
        async with asyncio.timeout(60):
            while [file.suffix for file in backups.iterdir()] != [".db"]:
                await asyncio.sleep(0.1)
        (copy,) = backups.iterdir()
        assert hashlib.sha256(copy.read_bytes()).hexdigest() == before
        assert await program.terminate() == 0
    finally:
        if program.process is not None and program.process.returncode is None:
            program.process.kill()
            await program.process.wait()
        await program.http.aclose()
    assert migrate.schema_in_file(path) == migrate.newest()


def test_a_copy_for_which_there_is_no_room_stops_the_migration_and_leaves_nothing(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)
    before = path.read_bytes()
    with no_file_beyond(path.stat().st_size - 5000), pytest.raises(StoreUnavailable, match="Nothing was changed"):
        Store.open(tmp_path, clock=SystemClock())
    assert path.read_bytes() == before and list((tmp_path / "backups").iterdir()) == []


def test_a_disk_that_fills_up_while_it_migrates_leaves_the_old_database(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path)
    before = facts_of(path)
    refused = pytest.raises(StoreUnavailable, match=r"could not be migrated .* as it was")
    with no_file_beyond(path.stat().st_size), refused:
        Store.open(tmp_path, clock=SystemClock())
    assert migrate.schema_of(path) == 2 and facts_of(path) == before
    start_and_stop(tmp_path)
    assert migrate.schema_of(path) == migrate.newest()


async def test_a_start_that_cannot_migrate_says_why_in_one_line(tmp_path: Path) -> None:
    program = Asura(tmp_path, prefix=("prlimit", "--fsize=150000"))
    path = unpacked(1, program.data)
    before = path.read_bytes()
    status, said = await program.refuse()
    await program.http.aclose()
    assert status == 1 and "Traceback" not in said
    assert "Nothing was changed" in said and "asura-schema-1-" in said
    assert path.read_bytes() == before
