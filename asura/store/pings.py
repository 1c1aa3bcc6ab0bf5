"""The log of pings: appended to, read back along the chain of one monitor, cut at its old end."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiosqlite
import msgspec

from asura.clock import at_ms, from_ms
from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.store import meta

COLUMNS = (
    "id, monitor_id, number, previous, at, kind, exit_status, duration_ms, run_id, source, method, user_agent, note, "
    "step, body_bytes"
)
APPEND = f"INSERT INTO pings ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
APPEND_BODY = "INSERT INTO ping_bodies (id, body) VALUES (?, ?)"
NEWEST = "SELECT coalesce(max(id), 0) FROM pings"
AFTER = f"SELECT {COLUMNS} FROM pings WHERE id > ? ORDER BY id"
ONE = f"SELECT {COLUMNS} FROM pings WHERE id = ? AND monitor_id = ?"
BODY = "SELECT body FROM ping_bodies WHERE id = ?"
# One step of the sweep: rows by id, each with how many pings its monitor has had by now (NULL: it is gone).
SWEPT = """
    SELECT pings.id, pings.at, pings.number, heartbeats.pings, heartbeats.upto FROM pings
    LEFT JOIN heartbeats ON heartbeats.monitor_id = pings.monitor_id
    WHERE pings.id > ? ORDER BY pings.id LIMIT ?
"""
DELETE = "DELETE FROM pings WHERE id = ?"
DELETE_BODY = "DELETE FROM ping_bodies WHERE id = ?"

KEEP_PINGS = 1_000
KEEP_BODIES = 100
SWEPT_UPTO = "pings_swept_upto"
# No id is given twice, though the newest ping may go with its monitor.
NEWEST_ID = "pings_newest_id"


def append(db: sqlite3.Connection, logged: Sequence[Logged]) -> None:
    """Append pings; their ids are later than all that are there."""
    db.executemany(APPEND, [_row(one) for one in logged])
    bodies = [(one.id, one.ping.body) for one in logged if one.ping.body]
    if bodies:
        db.executemany(APPEND_BODY, bodies)


def next_id(db: sqlite3.Connection) -> int:
    """Return an id later than every ping that ever was: the newest may have been deleted with its monitor."""
    kept = int(meta.stored(db, NEWEST_ID) or 0)
    return max(kept, int(db.execute(NEWEST).fetchone()[0])) + 1


def after(db: sqlite3.Connection, ping_id: int) -> Iterator[Logged]:
    """Yield the pings later than an id, in their order, without bodies."""
    for row in db.execute(AFTER, (ping_id,)):
        yield _logged(row)


async def chain(
    reader: aiosqlite.Connection, monitor_id: int, last_id: int, *, limit: int, before: int | None = None
) -> list[Logged]:
    """Return pings of a monitor, newest first, without bodies: from `last_id` back, with numbers below `before`.

    The chain ends where the log was cut.
    """
    found: list[Logged] = []
    ping_id = last_id
    while ping_id and len(found) < limit:
        rows = list(await reader.execute_fetchall(ONE, (ping_id, monitor_id)))
        if not rows:
            break
        logged = _logged(rows[0])
        if before is None or logged.number < before:
            found.append(logged)
        # A chain that does not go back would never end.
        ping_id = logged.previous if logged.previous < ping_id else 0
    return found


async def body(reader: aiosqlite.Connection, monitor_id: int, last_id: int, number: int) -> tuple[bytes, int] | None:
    """Return what is kept of a body and how long it was; None when there is no such ping any more."""
    found = await chain(reader, monitor_id, last_id, limit=1, before=number + 1)
    if not found or found[0].number != number:
        return None
    rows = list(await reader.execute_fetchall(BODY, (found[0].id,)))
    return (bytes(rows[0][0]) if rows else b""), found[0].ping.body_bytes


def sweep(db: sqlite3.Connection, now: datetime, *, days: int, limit: int) -> bool:
    """Delete what is too old or too much among the next rows of a walk over the log; return whether it goes on.

    The newest ping of each monitor stays whatever its age, and so does what its saved state does not know of yet.
    """
    upto = int(meta.stored(db, SWEPT_UPTO) or 0)
    rows = db.execute(SWEPT, (upto, limit)).fetchall()
    oldest = at_ms(now - timedelta(days=days))
    gone = [row[0] for row in rows if _is_gone(row, oldest)]
    bodiless = gone + [row[0] for row in rows if row[3] is not None and row[2] <= row[3] - KEEP_BODIES]
    if gone:
        meta.put(db, NEWEST_ID, str(next_id(db) - 1))
    db.executemany(DELETE, [(one,) for one in gone])
    db.executemany(DELETE_BODY, [(one,) for one in bodiless])
    ended = len(rows) < limit
    meta.put(db, SWEPT_UPTO, "0" if ended else str(rows[-1][0]))
    return not ended


def _is_gone(row: Any, oldest: int) -> bool:
    ping_id, at, number, pings, upto = row
    if pings is None:
        return True
    if ping_id >= upto:
        return False
    return bool(at < oldest or number <= pings - KEEP_PINGS)


def _row(logged: Logged) -> tuple[Any, ...]:
    ping = logged.ping
    return (
        logged.id,
        logged.monitor_id,
        logged.number,
        logged.previous,
        at_ms(ping.at),
        ping.kind.value,
        ping.exit_status,
        None if ping.duration_s is None else ping.duration_s * 1000,
        _text(ping.run_id),
        _text(ping.source),
        _text(ping.method),
        _text(ping.user_agent),
        _text(ping.note),
        None if ping.step is None else msgspec.json.encode(ping.step),
        ping.body_bytes or None,
    )


def _text(text: str) -> str | None:
    """Return a text for a column: never a reason to refuse a ping, whatever stands in it."""
    if not text:
        return None
    return text if text.isascii() and "\x00" not in text else _storable(text)


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def _logged(row: Any) -> Logged:
    ping_id, monitor_id, number, previous, at, kind, exit_status, duration, run_id, *more = row
    source, method, user_agent, note, step, body_bytes = more
    ping = Ping(
        at=from_ms(at),
        kind=PingKind(kind),
        exit_status=exit_status,
        duration_s=None if duration is None else duration / 1000,
        run_id=run_id or "",
        source=source or "",
        method=method or "",
        user_agent=user_agent or "",
        note=note or "",
        step=None if step is None else msgspec.json.decode(step, type=Step),
        body_bytes=body_bytes or 0,
    )
    return Logged(ping_id, monitor_id, number, previous, ping)
