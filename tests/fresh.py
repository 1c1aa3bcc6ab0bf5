"""An empty database of today's schema, made once in each process: a test begins on a copy of it.

How an empty folder becomes one is tested where databases are migrated, and by every process that a test starts.
"""

import tempfile
from functools import cache
from pathlib import Path

from asura.clock import SystemClock
from asura.store import folder, migrate


def begin(data: Path) -> Path:
    """Lay an empty database into a folder that has none, and return the folder."""
    path = data / folder.DATABASE
    if not path.exists():
        folder.make_private(data)
        folder.make_private_file(path)
        path.write_bytes(_empty())
    return data


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / folder.DATABASE
        db = migrate.opened(path, now=SystemClock().now())
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        db.close()
        return path.read_bytes()
