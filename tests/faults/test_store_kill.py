"""A store that is killed while it writes has lost nothing that it acknowledged, and opens at once."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.domain.reason import Reason
from asura.domain.status import Status
from asura.store import meta, outbox, results, spans
from asura.store.db import Store
from tests.store.kit import START, add_monitor

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10
# Each round writes a result, a span, a message and a fact in one transaction, packs now and then, and tells the number
# only after the commit.
CHILD = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from asura.clock import SystemClock
from asura.domain.status import Status
from asura.store import meta, outbox, spans
from asura.store.db import Store
from tests.store.kit import START, down, notification

async def main(folder, first):
    store = Store.open(Path(folder), clock=SystemClock())
    await store.write(store.results.load)
    async def one(n):
        at = START + timedelta(seconds=n * 20)
        status = Status.UP if n % 2 else Status.DOWN
        def change(db):
            store.results.append(db, [down(1, at, f"result {n}")])
            spans.switch(db, 1, "", status, "r", at)
            outbox.add(db, notification(key=f"message {n}"))
            meta.put(db, "last", str(n))
        await store.write(change)
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()
    n = first
    while True:
        await asyncio.gather(*(one(n + k) for k in range(3)))
        n += 3
        if n % 30 == 0:
            await store.write(lambda db: store.results.pack(db, START + timedelta(seconds=n * 20), limit=1))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def run_and_kill(folder: Path, first: int, seconds: float) -> int:
    """Let a child write for a while, kill it, and return the last number that it acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(first)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline(), "the child wrote nothing"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().splitlines(keepends=True)
    whole = [int(line) for line in rest if line.endswith("\n")]
    return max([first, *whole])


@pytest.mark.faults
async def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    chance = random.Random()
    store = Store.open(tmp_path, clock=SystemClock())
    await add_monitor(store)
    await store.close()
    acknowledged = -1
    for _ in range(KILLS):
        acknowledged = run_and_kill(tmp_path, acknowledged + 1, chance.random() * 0.25)
        began = time.process_time()
        store = Store.open(tmp_path, clock=SystemClock())
        last = await store.write(store.results.load)
        assert time.process_time() - began < 0.5
        written = int(await store.write(lambda db: meta.stored(db, "last")) or -1)
        assert written >= acknowledged
        await verify(store, written)
        assert [one.message for one in last] == [f"result {n}" for n in range(max(0, written - 19), written + 1)]
        await store.close()
        # What was committed and not yet told is there too: the next child goes on behind it.
        acknowledged = written


async def verify(store: Store, written: int) -> None:
    """Each number up to the last is there once, in every table, and the database is sound."""
    found, cursor = await results.page(store, 1, limit=1_000_000)
    assert cursor is None
    assert [one.message for one in reversed(found)] == [f"result {n}" for n in range(written + 1)]
    assert {one.reason for one in found} == {Reason.CONNECT_REFUSED}
    end = START + timedelta(seconds=(written + 1) * 20)
    async with store.read() as reader:
        states = await spans.read(reader, 1, START, end)
        assert [one.status for one in states] == [Status.UP if n % 2 else Status.DOWN for n in range(written + 1)]
        told, _ = await outbox.page(reader, limit=1_000_000)
        assert len(told) == written + 1
        assert [row[0] for row in await reader.execute_fetchall("PRAGMA integrity_check")] == ["ok"]


@pytest.mark.faults
async def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    store = Store.open(tmp_path, clock=SystemClock())
    await add_monitor(store)
    await store.close()
    run_and_kill(tmp_path, 0, 0.05)
    store = Store.open(tmp_path, clock=SystemClock())
    await store.close()
    with sqlite3.connect(tmp_path / "asura.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
