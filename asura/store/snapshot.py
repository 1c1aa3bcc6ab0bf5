"""A copy of a database that is in use, as it was at one moment, made in steps that nobody waits for."""

import contextlib
import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from asura.clock import SystemClock
from asura.errors import AsuraError, StoreUnavailable
from asura.store import connections, folder, readers
from asura.store.connections import BEGIN_WRITING as BEGIN_WRITING
from asura.store.writer import COMMIT as COMMIT

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
SCHEMA = "PRAGMA user_version"
# Expressions of the schema may call no function that has an effect.
UNTRUSTED = "PRAGMA trusted_schema=OFF"
INTEGRITY = "PRAGMA integrity_check(5)"
REFERENCES = "PRAGMA foreign_key_check"
ROLLED_BACK = "PRAGMA journal_mode=DELETE"
FULL = "PRAGMA synchronous=FULL"
MONITORS = "SELECT count(*) FROM monitors WHERE archived_at IS NULL"
# Nobody else sees the copy before it is whole: what a crash leaves of it is thrown away.
COPY_PRAGMAS = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA cache_size=-1024",
)
PAGES_A_STEP = 128
# What is written is made durable this often: a large heap of it would hold up the commits of everybody else.
BYTES_A_SYNC = 1024 * 1024
# After each step as long a pause as it took, and at most this: the machine has other things to do.
LONGEST_PAUSE_S = 0.05
# As long as this lasts, the log of the database grows, and what has grown is brought in at one go afterwards.
HURRIED = frozenset({"counting"})
_STEPS_A_LOOK = 200_000
_BLOCK = 1 << 20


# Where each stage of a backup ends, as a part of the whole.
ENDS = {
    "copying": 0.3,
    "counting": 0.35,
    "checking": 0.55,
    "summing": 0.65,
    "packing": 0.9,
    "reading again": 0.95,
    "unpacking": 1.0,
}


class Stopped(AsuraError):
    """The work was stopped before its end; nothing of it is left."""


class Task:
    """How far a long piece of work has come, and whether it is to stop. Shared by two threads."""

    def __init__(self, tell: Callable[[str, float], None] | None = None, *, gentle: bool = False) -> None:
        self.stage = ""
        self.ratio = 0.0
        # A gentle task takes breaks, because others need the machine.
        self._gentle = gentle
        self._tell = tell
        self._stop = threading.Event()
        self._clock = SystemClock()
        self._seen_at = self._clock.monotonic()

    def stop(self) -> None:
        """Ask it to stop; it does so within a step."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Return whether it was asked to stop."""
        return self._stop.is_set()

    def rest(self, seconds: float) -> None:
        """Take a break, which ends when it is to stop."""
        self._stop.wait(seconds)

    @property
    def overall(self) -> float:
        """Return how far a whole backup is."""
        ends = [0.0, *ENDS.values()]
        index = list(ENDS).index(self.stage) if self.stage in ENDS else 0
        return ends[index] + (ends[index + 1] - ends[index]) * min(1.0, self.ratio)

    def at(self, stage: str, ratio: float) -> None:
        """Say what is done now and how far that is, and take a break; raises Stopped when it is to stop."""
        if self._gentle and stage == self.stage and stage not in HURRIED:
            self.rest(min(self._clock.monotonic() - self._seen_at, LONGEST_PAUSE_S))
        self.stage, self.ratio, self._seen_at = stage, ratio, self._clock.monotonic()
        if self._tell is not None:
            self._tell(stage, ratio)
        if self._stop.is_set():
            raise Stopped("stopped")


class Shape(msgspec.Struct, frozen=True):
    """What is in a database: its schema, and how many rows each table has."""

    schema: int
    rows: dict[str, int]


def take(path: Path, target: Path, task: Task, *, still: bool = False) -> Shape:
    """Copy the database as it is at one moment, and return what was in it at that moment.

    The moment is that of a read transaction which is begun first: the copy goes on from it, whoever writes meanwhile,
    instead of beginning anew. The log cannot be cut back before its end. `still`: nobody writes, and its log is empty.
    """
    folder.make_private_file(target)
    with _reading(path, task, still=still) as source:
        source.execute(readers.BEGIN)
        source.execute(readers.PIN).fetchall()
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy, target.open("rb") as written:
            for pragma in COPY_PRAGMAS:
                copy.execute(pragma).fetchall()
            source.backup(copy, pages=PAGES_A_STEP, progress=_Steps(task, written.fileno()), sleep=0.001)
        return shape_of(source, task)


def settle(target: Path) -> None:
    """Make a copy a database of one file, and durable."""
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute(ROLLED_BACK).fetchall()
    with target.open("rb") as file:
        os.fsync(file.fileno())


def shape_of(db: sqlite3.Connection, task: Task, *, stage: str = "counting", from_ratio: float = 0.0) -> Shape:
    """Return what is in a database; what remains of a stage is told meanwhile."""
    names = [name for (name,) in db.execute(TABLES)]
    rows = {}
    for number, name in enumerate(names):
        task.at(stage, from_ratio + (1 - from_ratio) * number / len(names))
        quoted = name.replace('"', '""')
        rows[name] = int(db.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])
    return Shape(int(db.execute(SCHEMA).fetchone()[0]), rows)


def verify(path: Path, task: Task, *, expected: Shape | None = None) -> Shape:
    """Return what is in a database that nobody else uses, after SQLite has looked at every page of it.

    StoreUnavailable when something is broken, or not as many rows are there as expected.
    """
    with _reading(path, task) as db:
        task.at("checking", 0.0)
        found = [str(row[0]) for row in db.execute(INTEGRITY)]
        if found != ["ok"]:
            raise StoreUnavailable(f"{path}: the database is damaged: {found[0]}")
        task.at("checking", 0.8)
        lost = db.execute(REFERENCES).fetchone()
        if lost is not None:
            raise StoreUnavailable(f"{path}: the database is damaged: a row of {lost[0]} refers to a missing {lost[2]}")
        shape = shape_of(db, task, stage="checking", from_ratio=0.9)
    if expected is not None and shape != expected:
        raise StoreUnavailable(f"{path}: {_difference(shape, expected)}")
    return shape


def monitors_in(path: Path) -> int:
    """Return how many monitors a database has; StoreUnavailable where it cannot be read."""
    with _reading(path, Task()) as db:
        return int(db.execute(MONITORS).fetchone()[0])


def sha256_of(path: Path, task: Task, stage: str = "summing") -> str:
    """Return the SHA-256 of a file in hex."""
    digest, done, size = hashlib.sha256(), 0, max(1, path.stat().st_size)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            task.at(stage, done / size)
    return digest.hexdigest()


class _Steps:
    """Called after each step of a copy: tells how far it is, and keeps what waits to be written small."""

    def __init__(self, task: Task, descriptor: int) -> None:
        self._task = task
        self._descriptor = descriptor
        self._pages_unsynced = 0

    def __call__(self, status: int, remaining: int, total: int) -> None:
        self._task.at("copying", (total - remaining) / max(total, 1))
        self._pages_unsynced += PAGES_A_STEP
        if self._pages_unsynced * 4096 >= BYTES_A_SYNC:
            os.fdatasync(self._descriptor)
            self._pages_unsynced = 0


@contextlib.contextmanager
def _reading(path: Path, task: Task, *, still: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection that only reads, and whose statements end when the task is to stop."""
    try:
        opened = connections.open_still(path) if still else connections.open_reader(path)
        with contextlib.closing(opened) as db:
            for pragma in (*connections.READER_PRAGMAS, UNTRUSTED):
                db.execute(pragma).fetchall()
            db.set_progress_handler(lambda: int(task.stopping), _STEPS_A_LOOK)
            yield db
    except sqlite3.Error as error:
        if task.stopping:
            raise Stopped("stopped") from None
        raise StoreUnavailable(f"{path}: {_reason(path, error)}") from error


def _reason(path: Path, error: sqlite3.Error) -> str:
    if not os.access(path, os.R_OK) or not os.access(path.parent, os.R_OK | os.W_OK | os.X_OK):
        return "may not be read. Run this as the user that asura runs as."
    return str(error)


def _difference(found: Shape, expected: Shape) -> str:
    if found.schema != expected.schema:
        return f"its schema is {found.schema}, and {expected.schema} was expected"
    for name in sorted(found.rows.keys() | expected.rows.keys()):
        if (has := found.rows.get(name)) != (wanted := expected.rows.get(name)):
            return f"{has} rows in {name}, and {wanted} were expected"
    return "not what was expected"
