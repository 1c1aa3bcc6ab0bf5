"""How SQLite is opened: the one connection that writes, and those that only read."""

import sqlite3
from pathlib import Path

BUSY_MS = 5000
RESTORE = "Restore a backup: `asura restore FILE`; what is there is kept beside it."
BEGIN_WRITING = "BEGIN IMMEDIATE"
ROLLBACK = "ROLLBACK"
WAL_LIMIT = 4 * 1024 * 1024
WRITER_PRAGMAS = (
    # The writer thread checkpoints by itself, after it has answered. This is the first, because others write.
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA page_size=4096",
    "PRAGMA auto_vacuum=INCREMENTAL",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=OFF",
    "PRAGMA mmap_size=0",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8192",
    f"PRAGMA journal_size_limit={WAL_LIMIT}",
)
READER_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA query_only=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-2048",
)


def is_damaged(error: BaseException) -> bool:
    """Return whether SQLite says that a file is damaged, or no database at all: a matter for a backup, not for room."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_writer(path: Path) -> sqlite3.Connection:
    """Return the connection that writes, in autocommit mode: transactions are begun by hand."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in WRITER_PRAGMAS:
            db.execute(pragma).fetchall()
    except BaseException:
        db.close()
        raise
    return db


def prove_writable(db: sqlite3.Connection) -> None:
    """Raise sqlite3.OperationalError at once, not at the first change: SQLite opens what it can only read."""
    db.execute(BEGIN_WRITING)
    db.execute(ROLLBACK)


def reader_uri(path: Path) -> str:
    """Return the address under which a database can only be read."""
    return f"{path.absolute().as_uri()}?mode=ro"


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot write."""
    return sqlite3.connect(reader_uri(path), uri=True, isolation_level=None, check_same_thread=False)


def open_still(path: Path) -> sqlite3.Connection:
    """Return a connection to a database that nobody writes and that has no log: no lock, and no file beside it."""
    return sqlite3.connect(f"{reader_uri(path)}&immutable=1", uri=True, isolation_level=None)
