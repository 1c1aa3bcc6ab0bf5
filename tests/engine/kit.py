"""What the tests of the engine share: results to offer, and stores that really fail."""

import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from asura.domain.monitor import Monitor
from asura.domain.result import Outcome, Result
from asura.errors import Invalid
from asura.store.db import Store
from tests.world import UP, World


def found(monitor: Monitor, outcome: Outcome = UP, *, at: datetime, **other: Any) -> Result:
    """Return what a check of a monitor found."""
    values: dict[str, Any] = {"generation": monitor.generation, "region": "local"} | other
    seen = {name: getattr(outcome, name) for name in Outcome.__struct_fields__}
    return Result(monitor_id=monitor.id, at=at, **(seen | values))


async def offer(w: World, *given: tuple[Monitor, Outcome]) -> None:
    """Let the judge take results that were found now."""
    for monitor, outcome in given:
        w.engine.judge.offer(found(monitor, outcome, at=w.clock.now()))
    await w.engine.judge.judge(w.clock.now())


async def break_commits(store: Store, table: str = "tail") -> None:
    """Fill the disk: whoever writes to a table finds no room, and the whole commit fails."""

    def change(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE ballast (load BLOB)")
        fill = "INSERT INTO ballast VALUES (zeroblob(1000000))"
        db.execute(f"CREATE TRIGGER ballast_with_{table} AFTER INSERT ON {table} BEGIN {fill}; END")
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count={pages + 20}").fetchall()

    await store.write(change)


async def mend_commits(store: Store) -> None:
    """Make room again."""

    def change(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA max_page_count=1000000").fetchall()
        db.execute("DROP TABLE ballast")
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'ballast_with_%'").fetchall():
            db.execute(f"DROP TRIGGER {name}")

    await store.write(change)


async def refuse(store: Store, table: str, when: str = "1") -> None:
    """Make SQLite refuse some rows of a table: one bad change, not a broken database."""
    text = f"CREATE TRIGGER refuse_{table} BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'no'); END"
    await store.write(lambda db: db.execute(text).fetchall())


async def accept(store: Store, table: str) -> None:
    """Take back what `refuse` did."""
    await store.write(lambda db: db.execute(f"DROP TRIGGER refuse_{table}").fetchall())


async def rows(store: Store, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what is stored, as it is."""
    async with store.read() as reader:
        return [tuple(row) for row in await reader.execute_fetchall(query, values)]


async def count(store: Store, table: str) -> int:
    """Return how many rows a table has."""
    return int((await rows(store, f"SELECT count(*) FROM {table}"))[0][0])


def copied(folder: Path, name: str = "copy") -> Path:
    """Return a copy of a data folder as a power cut at this moment would leave it."""
    target = folder.with_name(f"{folder.name}-{name}")
    shutil.copytree(folder, target)
    return target


def faults(error: Invalid) -> dict[str, str]:
    """Return what is wrong, by field."""
    return {fault.path: fault.message for fault in error.faults}
