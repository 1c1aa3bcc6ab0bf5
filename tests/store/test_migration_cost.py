"""A migration does not read the past: what it costs does not grow with what was stored (docs/patterns.md)."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from asura.store import connections, migrate
from asura.store.migrate import Step

STEPS = migrate.steps()
FEW, MANY = 100, 2000
# Of these there are as many as people have made, not as many as time has: a migration may look at them.
MADE_BY_PEOPLE = frozenset(
    {
        *("meta", "words", "monitors", "channels", "keys", "heartbeats", "users", "sessions", "invitations"),
        *("status_pages", "page_files", "maintenance", "maintenance_told", "subscribers", "probes", "probe_batches"),
        *("carry", "purges"),
    }
)
# Indexes of messages were made anew for subscribers: 0.5 s of CPU for 100,000 messages, of which 400 days are kept.
KNOWN = {4: frozenset({"notifications"})}
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def before(path: Path, number: int, rows: int) -> sqlite3.Connection:
    """Return a database as it was before a step, with so many rows in each table that grows with time."""
    db = connections.open_writer(path)
    migrate.migrate(db, path, known=[step for step in STEPS if step.number < number])
    db.execute("PRAGMA foreign_keys=OFF")
    spared = MADE_BY_PEOPLE | KNOWN.get(number, frozenset())
    for (table,) in db.execute(TABLES).fetchall():
        if table not in spared:
            fill(db, table, rows)
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return db


def fill(db: sqlite3.Connection, table: str, rows: int) -> None:
    """Put rows into a table that differ in every column."""
    kinds = [column[2] for column in db.execute(f"PRAGMA table_info({table})")]
    made = {"INTEGER": int, "REAL": float, "TEXT": str, "BLOB": lambda number: f'"{number}"'.encode()}
    values = [[made[kind](number) for kind in kinds] for number in range(1, rows + 1)]
    db.execute("BEGIN")
    db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(kinds))})", values)
    db.execute("COMMIT")


def cost(folder: Path, step: Step, rows: int) -> tuple[int, int]:
    """Return how many steps of SQLite's machine a migration takes, and how many bytes of log it writes."""
    folder.mkdir()
    path, taken = folder / "asura.db", 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    with contextlib.closing(before(path, step.number, rows)) as db:
        db.set_progress_handler(count, 1)
        migrate.migrate(db, path, known=[one for one in STEPS if one.number <= step.number])
        return taken, path.with_name("asura.db-wal").stat().st_size


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step.name)
def test_a_migration_costs_the_same_whatever_was_stored(step: Step, tmp_path: Path) -> None:
    few, many = cost(tmp_path / "few", step, FEW), cost(tmp_path / "many", step, MANY)
    # The log differs by the pages of free space alone, the steps by nothing.
    assert many[0] <= few[0] * 1.02 + 50
    assert many[1] <= few[1] * 1.5


def test_the_measure_sees_a_step_that_reads_or_writes_the_past(tmp_path: Path) -> None:
    number = STEPS[-1].number + 1
    bad = (
        Step(number, "read", "CREATE TABLE counted AS SELECT max(upto) AS upto FROM blobs;"),
        Step(number, "index", "CREATE INDEX slow ON spans (reason);"),
        Step(number, "write", "UPDATE events SET reason = reason || '!';"),
    )
    for step in bad:
        taken = []
        for rows in (FEW, MANY):
            path = tmp_path / f"{step.name}-{rows}" / "asura.db"
            path.parent.mkdir()
            with contextlib.closing(before(path, number, rows)) as db:
                ticks: list[int] = []
                db.set_progress_handler(lambda ticks=ticks: ticks.append(1), 1)
                migrate.migrate(db, path, known=[*STEPS, step])
                taken.append(len(ticks))
        assert taken[1] > taken[0] * 3, (step.name, taken)
