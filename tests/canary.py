"""What the previous release left behind: with it, a release candidate's stories begin on its database, not on none.

    ASURA_CANARY_DATABASE=FOLDER ./dev test tests/stories

FOLDER is a data folder (asura.db, with its -wal when it was killed, and secret.key) that the previous release's
executable filled and let go of. It is copied, never touched. Its monitors, channels and incidents stay beside those of
a story: they are up, and what they are told is not the story's; its probes, which nobody runs, are revoked, and its
planned work, which may be for all there is, is deleted. A story that cannot begin there is marked `starts_empty`, with
the reason.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from asura.checks import check_types
from asura.domain.result import Outcome
from asura.domain.status import Finding

FOLDER = os.environ.get("ASURA_CANARY_DATABASE", "")
DATABASE = "asura.db"
_lent = False


class Before(NamedTuple):
    """The ids of what was there before a story began, by table."""

    monitors: frozenset[int] = frozenset()
    channels: frozenset[int] = frozenset()
    probes: frozenset[int] = frozenset()
    status_pages: frozenset[int] = frozenset()
    maintenance: frozenset[int] = frozenset()


class Played:
    """A real check type of which only the way out is played."""

    def __init__(self, real: Any, run: Any) -> None:
        self._real = real
        self.run = run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@contextlib.contextmanager
def lent() -> Iterator[None]:
    """Let the worlds that begin meanwhile begin on the previous database, where there is one."""
    global _lent
    _lent = bool(FOLDER)
    try:
        yield
    finally:
        _lent = False


def begin(data: Path) -> Before:
    """Lay the previous database into a folder that has none, when it is lent, and return what was in it."""
    if not _lent:
        return Before()
    if not (data / DATABASE).exists():
        copy(data)
        with contextlib.closing(sqlite3.connect(data / DATABASE)) as db, db:
            # Names that stories use are free.
            for table in ("monitors", "channels"):
                db.execute(f"UPDATE {table} SET slug = 'before-' || id")
    return _before()


def copy(data: Path) -> None:
    """Copy the previous database and its key into a folder."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in Path(FOLDER).iterdir():
        if file.name.startswith(DATABASE) or file.name == "secret.key":
            shutil.copy2(file, data)


def begins_at(usual: datetime) -> datetime:
    """Return when stories begin: at the usual time of a day, the first that the previous database has not seen."""
    if not FOLDER:
        return usual
    with _opened() as db:
        days = max(0, (left_at(db) - usual) // timedelta(days=1) + 1)
    return usual + timedelta(days=days)


def left_at(db: sqlite3.Connection) -> datetime:
    """Return when a database was last known to be in use."""
    row = db.execute("SELECT value FROM meta WHERE key = 'last_alive_at'").fetchone()
    return datetime.fromisoformat(row[0]) if row else datetime.now(UTC)


@contextlib.contextmanager
def calm() -> Iterator[None]:
    """Let the checks of all real types find their targets up meanwhile, and go nowhere."""

    async def run(*_: Any) -> Outcome:
        return Outcome(Finding.UP, latency_ms=12.5)

    real = dict(check_types())
    check_types().update({name: Played(one, run) for name, one in real.items() if name != "fake"})
    try:
        yield
    finally:
        check_types().update(real)


@cache
def _before() -> Before:
    with _opened() as db:
        there = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
        ids = (db.execute(f"SELECT id FROM {name}") if name in there else () for name in Before._fields)
        return Before(*(frozenset(number for (number,) in found) for found in ids))


@contextlib.contextmanager
def _opened() -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory() as place:
        copy(Path(place))
        with contextlib.closing(sqlite3.connect(Path(place) / DATABASE)) as db:
            yield db
