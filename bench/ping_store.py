"""What storing pings costs: bytes written, beside a row updated by each; time of a ping, a start, a list, a sweep."""

import asyncio
import contextlib
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.domain.heartbeat import Heartbeat
from asura.domain.instant import at_ms
from asura.domain.ping import BODY_LIMIT, Logged, Ping
from asura.store import heartbeats, pings
from asura.store.db import Store
from bench import rig

START = datetime(2026, 1, 1, tzinfo=UTC)
MONITORS = 10_000
MANY = 100_000
# Pings a commit, and how many commits are measured.
SIZES = {1: 3_000, 16: 1_000, 64: 600}
LISTED = 1_000

# The obvious other way: one row a heartbeat, written by every ping, found by when it changes next.
OTHER = "CREATE TABLE other (monitor_id INTEGER PRIMARY KEY, state BLOB NOT NULL, changes_at INTEGER NOT NULL)"
OTHER_INDEX = "CREATE INDEX other_due ON other (changes_at)"
OTHER_ROW = "INSERT INTO other VALUES (?, ?, ?)"
OTHER_PING = "UPDATE other SET state = ?, changes_at = ? WHERE monitor_id = ?"

AT_REST = "SELECT sum(pgsize) FROM dbstat WHERE name = 'pings'"
Change = Callable[[sqlite3.Connection], None]


class Jobs:
    """Jobs that call in, each in its turn of a shuffled order."""

    def __init__(self, count: int) -> None:
        self._order = list(range(1, count + 1))
        random.Random(1).shuffle(self._order)
        self._last: dict[int, Logged] = {}
        self.newest_id = 0

    def call(self, count: int, body: bytes = b"") -> list[Logged]:
        """Return the next pings, as `curl` sends them."""
        return [self._next(body) for _ in range(count)]

    def _next(self, body: bytes) -> Logged:
        monitor_id = self._order[self.newest_id % len(self._order)]
        self.newest_id += 1
        at = START + timedelta(milliseconds=self.newest_id)
        ping = Ping(at=at, source="203.0.113.9", method="GET", user_agent="curl/8.5.0", body=body)
        old = self._last.get(monitor_id)
        number, previous = (old.number + 1, old.id) if old else (1, 0)
        made = self._last[monitor_id] = Logged(self.newest_id, monitor_id, number, previous, ping)
        return made


def heart(one: Logged) -> Heartbeat:
    """Return the state of a job that calls in once a day, after a ping."""
    at = one.ping.at
    return Heartbeat(
        since=START,
        pings=one.number,
        last_id=one.id,
        last_ping_at=at,
        last_success_at=at,
        expected_at=at + timedelta(days=1),
    )


def rows(store: Store, count: int) -> Change:
    """Return what stores so many heartbeats."""
    sealed = heartbeats.seal_token(store.vault, Secret("0123456789abcdef0123456789abcdef"))
    state = heartbeats.saved(1, heart(Logged(1, 1, 1, 0, Ping(at=START)))).state

    def change(db: sqlite3.Connection) -> None:
        for one in range(1, count + 1):
            hashes = (sha256(b"%s %d" % (kind, one)).digest() for kind in (b"token", b"uuid"))
            heartbeats.insert(db, heartbeats.Stored(one, sealed, *hashes, state, 0))
        db.execute(OTHER)
        db.execute(OTHER_INDEX)
        db.executemany(OTHER_ROW, ((one, state, at_ms(START) + one * 8_640) for one in range(1, count + 1)))

    return change


async def written(folder: Path, name: str, size: int, commits: int, change: Callable[[Jobs], Change]) -> None:
    """Print what reaches the disk per ping, log and checkpoints included, at so many pings a commit."""
    store = Store.open(folder, clock=SystemClock())
    await store.write(rows(store, MONITORS))
    await store.close()
    store, jobs = Store.open(folder, clock=SystemClock()), Jobs(MONITORS)
    before = rig.written_bytes()
    for _ in range(commits):
        await store.write(change(jobs))
    await store.close()
    rig.figure(f"{name}_{size}", (rig.written_bytes() - before) / commits / size, "B")


def logged(size: int, body: bytes = b"") -> Callable[[Jobs], Change]:
    """Return the way that pings are stored here: appended."""

    def made(jobs: Jobs) -> Change:
        taken = jobs.call(size, body)
        return lambda db: pings.append(db, taken)

    return made


def updated(size: int) -> Callable[[Jobs], Change]:
    """Return the other way: a row and its place in the index for each, and no log yet."""

    def made(jobs: Jobs) -> Change:
        taken = [heartbeats.saved(one.monitor_id, heart(one)) for one in jobs.call(size)]
        due = at_ms(START + timedelta(days=1)) + jobs.newest_id
        values = [(row.state, due + n, row.monitor_id) for n, row in enumerate(taken)]

        def change(db: sqlite3.Connection) -> None:
            db.executemany(OTHER_PING, values)

        return change

    return made


def saved(size: int, among: int) -> Callable[[Jobs], Change]:
    """Return what saves states, as it happens once a minute: of so many heartbeats at a time, among all that called."""
    waiting: list[heartbeats.Saved] = []

    def made(jobs: Jobs) -> Change:
        if not waiting:
            waiting.extend(sorted(heartbeats.saved(one.monitor_id, heart(one)) for one in jobs.call(among)))
        taken, waiting[:size] = waiting[:size], []
        return lambda db: heartbeats.save_states(db, taken)

    return made


async def footprint(place: str | None) -> None:
    """Print bytes written per ping, each way."""
    ways: list[tuple[str, int, int, Callable[[Jobs], Change]]] = []
    for size, commits in SIZES.items():
        ways += [("ping_written", size, commits, logged(size)), ("row_updated_written", size, commits, updated(size))]
        ways += [("ping_with_line_written", size, commits, logged(size, b"backup done in 12 s\n"))]
    ways += [("ping_with_longest_body_written", 64, 10, logged(64, os.urandom(BODY_LIMIT)))]
    ways += [("state_saved_scattered_written", 500, 100, saved(500, 500))]
    ways += [("state_saved_dense_written", 500, 100, saved(500, MONITORS))]
    for name, size, commits, change in ways:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            await written(Path(folder) / "store", name, size, commits, change)


def timed(change: Callable[[sqlite3.Connection], object]) -> Callable[[sqlite3.Connection], float]:
    """Return a change that tells how many milliseconds it took, its commit not included."""

    def run(db: sqlite3.Connection) -> float:
        began = time.perf_counter()
        change(db)
        return (time.perf_counter() - began) * 1000

    return run


async def times(folder: Path) -> None:
    """Print how long it takes to append, to load everything, to list one job's pings, and to sweep."""
    store, jobs = Store.open(folder, clock=SystemClock()), Jobs(MANY // 100)
    await store.write(rows(store, MANY))
    batch = jobs.call(MANY)
    rig.figure("append", await store.write(timed(lambda db: pings.append(db, batch))) / MANY * 1000, "us")
    while jobs.newest_id < 10 * MANY:
        more = jobs.call(MANY)
        await store.write(lambda db, more=more: pings.append(db, more))
    rig.figure(f"load_{MANY}", await store.write(timed(heartbeats.load_all)), "ms")
    await show_unsealing(store)
    rig.figure("replay_1000000", await store.write(timed(lambda db: sum(1 for _ in pings.unsaved(db)))), "ms")
    newest = [heartbeats.saved(one.monitor_id, heart(one)) for one in more[-MANY // 100 :]]
    await store.write(lambda db: heartbeats.save_states(db, newest))
    rig.figure("replay_0_of_1000000", await store.write(timed(lambda db: sum(1 for _ in pings.unsaved(db)))), "ms")
    last = next(one for one in more[-MANY // 100 :] if one.monitor_id == 1)
    for limit in (20, LISTED):
        async with store.read() as reader:
            began = time.perf_counter()
            assert len(await pings.chain(reader, 1, last.id, limit=limit)) == limit
            rig.figure(f"chain_{limit}", (time.perf_counter() - began) * 1000, "ms")
    rig.figure("ping_at_rest", at_rest(store) / jobs.newest_id, "B")
    await show_sweep(store)
    rig.figure("replay_after_sweep", await store.write(timed(lambda db: sum(1 for _ in pings.unsaved(db)))), "ms")
    await store.close()


def at_rest(store: Store) -> int:
    """Return the bytes of the pages that hold the log."""
    with contextlib.closing(sqlite3.connect(store.path)) as db:
        return int(db.execute(AT_REST).fetchone()[0])


async def show_unsealing(store: Store) -> None:
    """Print what unsealing one token takes; a start unseals none."""
    found = (await store.write(heartbeats.load_all))[:10_000]
    began = time.perf_counter()
    for row in found:
        heartbeats.unseal_token(store.vault, row.sealed)
    rig.figure("unseal", (time.perf_counter() - began) / len(found) * 1e6, "us")


async def show_sweep(store: Store) -> None:
    """Print how long a walk over the log takes: one in which nothing goes, one in which all but the newest do."""
    for name, days in (("look", 0), ("delete", 1000)):
        now, took, more = START + timedelta(days=days), [], True
        while more:
            found: list[bool] = []
            step = timed(lambda db, now=now, found=found: found.append(pings.sweep(db, now, days=90, limit=500)))
            took.append(await store.write(step))
            more = found[0]
        rig.figure(f"sweep_{name}_1000000", sum(took), "ms")
        rig.figure(f"sweep_{name}_step_max", max(took), "ms")


def main() -> None:
    """Run all parts, each in a folder of its own on a real disk."""
    place = os.environ.get("ASURA_BENCH_DIR")
    asyncio.run(footprint(place))
    with tempfile.TemporaryDirectory(dir=place) as folder:
        asyncio.run(times(Path(folder) / "store"))


if __name__ == "__main__":
    main()
