"""Which batches of each probe were taken, noted in the commit that stores what was in them."""

import sqlite3
from datetime import datetime, timedelta

from asura.domain.received import NOTHING, decode, encode, take
from asura.store import probes

# Of each probe that many processes are remembered, and each for that long: results of another one come no more.
MOST_PROCESSES = 64
KEPT = timedelta(days=1)

TAKEN_OF = "SELECT taken FROM probe_batches WHERE probe_id = ? AND boot = ?"
KEEP_NEWEST = """
    DELETE FROM probe_batches WHERE probe_id = :probe AND boot NOT IN
    (SELECT boot FROM probe_batches WHERE probe_id = :probe ORDER BY last_at DESC, boot LIMIT :most)
"""


def note(db: sqlite3.Connection, probe_id: int, boot: str, seq: int, now: datetime) -> None:
    """Note that a batch was taken; the first one of a process ends the memory of those of long ago."""
    row = db.execute(TAKEN_OF, (probe_id, boot)).fetchone()
    received, _ = take(NOTHING if row is None else decode(row[0]), seq)
    probes.save_taken(db, probe_id, boot, encode(received), now)
    if row is None:
        db.execute(KEEP_NEWEST, {"probe": probe_id, "most": MOST_PROCESSES})
        probes.purge(db, now - KEPT)
