"""Whether a database is made as asura makes it: tables, indexes and triggers, each to the letter.

A file that is called a backup may hold triggers that undo what a restore writes, views in the place of tables, or lack
what keeps the audit log whole.
"""

import contextlib
import sqlite3
from pathlib import Path

from asura.errors import StoreUnavailable
from asura.store import connections, migrate, snapshot

OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master"
# What SQLite keeps for its planner, and a program that replicates the file for itself: plain tables, which asura leaves
# alone.
OF_OTHERS = {
    ("table", name, name, f"CREATE TABLE {name}{columns}")
    for name, columns in (
        ("sqlite_stat1", "(tbl,idx,stat)"),
        ("sqlite_stat4", "(tbl,idx,neq,nlt,ndlt,sample)"),
        ("_litestream_seq", " (id INTEGER PRIMARY KEY, seq INTEGER)"),
        ("_litestream_lock", " (id INTEGER)"),
    )
}

Object = tuple[str, str, str, str | None]


def fault(path: Path) -> str | None:
    """Return in what a database differs from one that asura made, as the end of a sentence; None when in nothing.

    One of a schema that this version does not know cannot be judged here.
    """
    try:
        with contextlib.closing(connections.open_reader(path)) as db:
            db.execute(snapshot.UNTRUSTED)
            schema = int(db.execute(migrate.VERSION).fetchone()[0])
            found: set[Object] = {(*row,) for row in db.execute(OBJECTS)}
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path}: {error}") from error
    if schema < 1:
        return "it is none of asura"
    if schema > migrate.newest():
        return None
    return _difference(found - OF_OTHERS, _expected(schema))


def _expected(schema: int) -> set[Object]:
    """Return what a new database of a schema holds."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        known = [step for step in migrate.steps() if step.number <= schema]
        migrate.migrate(db, Path("a new database"), known=known)
        return {(*row,) for row in db.execute(OBJECTS)}


def _difference(found: set[Object], expected: set[Object]) -> str | None:
    names = {(kind, name) for kind, name, *_ in expected}
    for kind, name, *_ in sorted(found - expected, key=repr):
        known = (kind, name) in names
        return f"its {kind} {name[:60]!r} is {'another than' if known else 'none that'} asura makes"
    for kind, name, *_ in sorted(expected - found, key=repr):
        return f"its {kind} {name[:60]!r} is missing"
    return None
