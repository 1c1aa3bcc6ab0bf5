"""The log of pings: appended to, read back along the chain of one monitor, cut at its old end."""

import contextlib
import math
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain as chain_rows
from typing import Any, NamedTuple

import aiosqlite
import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.ping import Logged, Ping, PingKind, Step
from asura.store import columns, meta

COLUMNS = (
    "id, monitor_id, number, previous, at, kind, exit_status, duration_ms, run_id, source, method, user_agent, note, "
    "step, body_bytes"
)
_OF_PINGS = ", ".join(f"pings.{name}" for name in COLUMNS.split(", "))
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
APPEND = f"INSERT INTO pings ({COLUMNS}) VALUES {_ROW}"
APPEND_BODY = "INSERT INTO ping_bodies (id, body) VALUES (?, ?)"
NEWEST = "SELECT coalesce(max(id), 0) FROM pings"
AFTER = f"SELECT {COLUMNS} FROM pings WHERE id > ? ORDER BY id"
# What saved states do not know of yet.
UNSAVED = f"""
    SELECT {_OF_PINGS} FROM pings CROSS JOIN heartbeats ON heartbeats.monitor_id = pings.monitor_id
    WHERE pings.id > ? AND pings.id > heartbeats.upto ORDER BY pings.id
"""
# A ping of another monitor ends the chain, and so does one that leads forward: it would never end.
CHAIN = f"""
    WITH RECURSIVE link (id, previous, number) AS (
        SELECT id, previous, number FROM pings WHERE id = :last AND monitor_id = :monitor
        UNION ALL
        SELECT pings.id, pings.previous, pings.number FROM link CROSS JOIN pings ON pings.id = link.previous
        WHERE pings.monitor_id = :monitor AND pings.id < link.id
        LIMIT :most)
    SELECT {_OF_PINGS} FROM link CROSS JOIN pings ON pings.id = link.id WHERE link.number < :before LIMIT :limit
"""
BODY = "SELECT body FROM ping_bodies WHERE id = ?"
# One step of the sweep: rows by id, each with what the saved state of its monitor knows (NULL: it is gone), and
# whether there is a body.
SWEPT = """
    SELECT pings.id, pings.at, pings.number, heartbeats.pings, heartbeats.upto, ping_bodies.id IS NOT NULL FROM pings
    LEFT JOIN heartbeats ON heartbeats.monitor_id = pings.monitor_id
    LEFT JOIN ping_bodies ON ping_bodies.id = pings.id AND pings.body_bytes > 0
    WHERE pings.id > ? ORDER BY pings.id LIMIT ?
"""
DELETE = "DELETE FROM pings WHERE id = ?"
DELETE_BODY = "DELETE FROM ping_bodies WHERE id = ?"

KEEP_PINGS = 1_000
KEEP_BODIES = 100
SWEPT_UPTO = "pings_swept_upto"
# Up to this id the saved states know of every ping.
SAVED_UPTO = "pings_saved_upto"
# No id is given twice, though the newest ping may go with its monitor.
NEWEST_ID = "pings_newest_id"

# What a step of the sweep costs: a row to look at is 0.8 µs, a row to delete twice that, a long body 5 to 25 µs.
_LOOK_COST = 1
_ROW_COST = 2
_BODY_COST = 16
_MOST = (1 << 63) - 1
# Rows of one statement: few forms, so that they stay prepared.
_TOGETHER = tuple((count, ", ".join([APPEND, *[_ROW] * (count - 1)])) for count in (64, 32, 16, 8, 4, 2, 1))


def append(db: sqlite3.Connection, logged: Sequence[Logged]) -> None:
    """Append pings; their ids are later than all that are there.

    Many by each statement: before and after each, Python's lock changes hands, and who has it may keep it for 5 ms.
    """
    rows = [_row(one) for one in logged]
    at = 0
    for count, statement in _TOGETHER:
        while len(rows) - at >= count:
            db.execute(statement, list(chain_rows.from_iterable(rows[at : at + count])))
            at += count
    bodies = [(one.id, one.ping.body) for one in logged if one.ping.body]
    if bodies:
        db.executemany(APPEND_BODY, bodies)


def next_id(db: sqlite3.Connection) -> int:
    """Return an id later than every ping that ever was: the newest may have been deleted with its monitor."""
    return max(_noted(db, NEWEST_ID), int(db.execute(NEWEST).fetchone()[0])) + 1


def after(db: sqlite3.Connection, ping_id: int) -> Iterator[Logged]:
    """Yield the pings later than an id, in their order, without bodies."""
    for row in db.execute(AFTER, (ping_id,)):
        yield _logged(row)


def unsaved(db: sqlite3.Connection) -> Iterator[Logged]:
    """Yield the pings that the saved state of their heartbeat does not know of, in their order, without bodies.

    The sweep notes up to where there are none, so that not the whole log is read.
    """
    for row in db.execute(UNSAVED, (_noted(db, SAVED_UPTO),)):
        yield _logged(row)


async def chain(
    reader: aiosqlite.Connection, monitor_id: int, last_id: int, *, limit: int, before: int | None = None
) -> list[Logged]:
    """Return pings of a monitor, newest first, without bodies: from `last_id` back, with numbers below `before`.

    The chain ends where the log was cut, or would be: after the newest KEEP_PINGS.
    """
    query = {
        "monitor": monitor_id,
        "last": last_id,
        "most": KEEP_PINGS,
        "before": _MOST if before is None else _whole(before),
        # A negative limit is none to SQLite.
        "limit": max(0, limit),
    }
    return [_logged(row) for row in await reader.execute_fetchall(CHAIN, query)]


async def body(reader: aiosqlite.Connection, monitor_id: int, last_id: int, number: int) -> tuple[bytes, int] | None:
    """Return what is kept of a body and how long it was; None when there is no such ping any more."""
    found = await chain(reader, monitor_id, last_id, limit=1, before=number + 1)
    if not found or found[0].number != number:
        return None
    rows = list(await reader.execute_fetchall(BODY, (found[0].id,)))
    return (bytes(rows[0][0]) if rows else b""), found[0].ping.body_bytes


def sweep(db: sqlite3.Connection, now: datetime, *, days: int, limit: int) -> bool:
    """Take one step of a walk over the log, as long as deleting `limit` long bodies; return whether it goes on.

    What is too old or too much goes, and what belongs to no heartbeat. The newest ping of each monitor stays whatever
    its age, and so does what its saved state does not know of yet.
    """
    start = _noted(db, SWEPT_UPTO)
    step = _look(db, start, at_ms(now - timedelta(days=days)), budget=limit * _BODY_COST)
    if step.gone:
        meta.put(db, NEWEST_ID, str(next_id(db) - 1))
    db.executemany(DELETE, [(one,) for one in step.gone])
    db.executemany(DELETE_BODY, [(one,) for one in step.bodies])
    if start <= _noted(db, SAVED_UPTO) < step.known:
        meta.put(db, SAVED_UPTO, str(step.known))
    if start or not step.ended:
        meta.put(db, SWEPT_UPTO, "0" if step.ended else str(step.end))
    return not step.ended


class _Step(NamedTuple):
    """What a step of the walk found: what to delete, the last row looked at, and up to where all is known."""

    gone: list[int]
    bodies: list[int]
    end: int
    known: int
    ended: bool


def _look(db: sqlite3.Connection, start: int, oldest: int, *, budget: int) -> _Step:
    gone: list[int] = []
    bodies: list[int] = []
    end = known = start
    with contextlib.closing(db.execute(SWEPT, (start, budget))) as rows:
        for ping_id, at, number, pings, upto, has_body in rows:
            if known == end and (upto is None or ping_id <= upto):
                known = ping_id
            end = ping_id
            budget -= _LOOK_COST
            is_gone = pings is None or _is_gone(ping_id, at, number, pings, upto, oldest)
            if is_gone:
                gone.append(ping_id)
                budget -= _ROW_COST
            if has_body and (is_gone or number <= pings - KEEP_BODIES):
                bodies.append(ping_id)
                budget -= _BODY_COST
            if budget <= 0:
                break
    return _Step(gone, bodies, end, known, ended=budget > 0)


def _is_gone(ping_id: int, at: int, number: int, pings: int, upto: int, oldest: int) -> bool:
    """Return whether a ping may go; a number that was not come to yet is of an earlier heartbeat of the monitor."""
    return ping_id < upto and (at < oldest or not pings - KEEP_PINGS < number < pings)


def _noted(db: sqlite3.Connection, key: str) -> int:
    return int(meta.stored(db, key) or 0)


def _row(logged: Logged) -> tuple[Any, ...]:
    ping = logged.ping
    return (
        logged.id,
        logged.monitor_id,
        logged.number,
        logged.previous,
        at_ms(ping.at),
        ping.kind.value,
        None if ping.exit_status is None else _whole(ping.exit_status),
        None if ping.duration_s is None else _milliseconds(ping.duration_s),
        _text(ping.run_id),
        _text(ping.source),
        _text(ping.method),
        _text(ping.user_agent),
        _text(ping.note),
        None if ping.step is None else columns.to_json(ping.step),
        _whole(max(ping.body_bytes, len(ping.body))) or None,
    )


def _whole(value: int) -> int:
    """Return an integer that SQLite takes: one that is too large is the largest."""
    return max(-_MOST, min(value, _MOST))


def _milliseconds(seconds: float) -> float | None:
    """Return a duration for a column; None for one that is no finite number."""
    milliseconds = seconds * 1000
    return milliseconds if math.isfinite(milliseconds) else None


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
