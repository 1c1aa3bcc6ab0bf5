"""The audit log: who changed what, from where. Rows are only ever added, and each holds the hash of all before it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import aiosqlite
import msgspec

from asura.domain import wording
from asura.domain.instant import at_ms, from_ms
from asura.store import columns

if TYPE_CHECKING:
    from asura.store.db import Store

COLUMNS = "id, at, actor, address, action, entity, entity_id, name, before, after, hash"
LAST = "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"
ADD = f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MATCHING = """
    (:actor IS NULL OR actor = :actor) AND (:action IS NULL OR action = :action)
    AND (:entity IS NULL OR entity = :entity) AND (:entity_id IS NULL OR entity_id = :entity_id)
    AND (:from_at IS NULL OR at >= :from_at) AND (:to_at IS NULL OR at < :to_at) AND id < :before
    ORDER BY id DESC LIMIT :count
"""
PAGE = f"SELECT {COLUMNS} FROM audit WHERE {MATCHING}"
PAGE_OF_ACTOR = f"SELECT {COLUMNS} FROM audit WHERE actor = :actor AND {MATCHING}"
PAGE_OF_OBJECT = f"SELECT {COLUMNS} FROM audit WHERE entity = :entity AND entity_id = :entity_id AND {MATCHING}"
AFTER = f"SELECT {COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?"

NOTHING_BEFORE = bytes(32)
_STEP = 1_000
_LONGEST = 500
_BEYOND = 1 << 62


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `before` and `after` hold only the fields that changed, secrets as stars."""

    id: int = 0
    at: datetime
    actor: str
    address: str = ""
    action: str
    entity: str
    entity_id: int | None = None
    name: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    hash: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the log; None: whatever it is."""

    actor: str | None = None
    action: str | None = None
    entity: str | None = None
    entity_id: int | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


class Verdict(msgspec.Struct, frozen=True):
    """Whether every row is as it was written: how many rows there are, the first wrong one, and the newest hash."""

    ok: bool
    rows: int
    broken_at: int | None
    hash: str


def append(db: sqlite3.Connection, entry: Entry) -> Entry:
    """Add a row inside the change that it tells of, and return it with its id and hash."""
    last = db.execute(LAST).fetchone()
    number, previous = (1, NOTHING_BEFORE) if last is None else (int(last[0]) + 1, bytes(last[1]))
    row = (
        number,
        at_ms(entry.at),
        columns.text(entry.actor)[:_LONGEST],
        columns.text(entry.address)[:_LONGEST],
        entry.action,
        entry.entity,
        entry.entity_id,
        columns.text(entry.name)[:_LONGEST],
        None if entry.before is None else columns.to_json(entry.before),
        None if entry.after is None else columns.to_json(entry.after),
    )
    digest = _hash(previous, written(row))
    db.execute(ADD, (*row, digest))
    return msgspec.structs.replace(entry, id=number, hash=digest.hex())


def written(row: Sequence[Any]) -> bytes:
    """Return a row (without its hash) as the one JSON text that is hashed and exported."""
    number, at, actor, address, action, entity, entity_id, name, before, after = row[:10]
    return msgspec.json.encode(
        {
            "id": number,
            "at": wording.instant(from_ms(at)),
            "actor": actor,
            "address": address,
            "action": action,
            "entity": entity,
            "entity_id": entity_id,
            "name": name,
            "before": None if before is None else msgspec.Raw(before),
            "after": None if after is None else msgspec.Raw(after),
        }
    )


async def page(
    reader: aiosqlite.Connection, wanted: Wanted, *, cursor: str | None = None, limit: int = 100
) -> tuple[list[Entry], str | None]:
    """Return rows, newest first, and the cursor of the next page."""
    query = {
        "actor": wanted.actor,
        "action": wanted.action,
        "entity": wanted.entity,
        "entity_id": wanted.entity_id,
        "from_at": columns.ms(wanted.from_at),
        "to_at": columns.ms(wanted.to_at),
        "before": _BEYOND if cursor is None else columns.cursor_values(cursor, int)[0],
        "count": limit + 1,
    }
    found = [_entry(row) for row in await reader.execute_fetchall(_statement(wanted), query)]
    return found[:limit], columns.cursor_of(found[limit - 1].id) if len(found) > limit else None


async def export(store: "Store") -> AsyncIterator[bytes]:
    """Yield the whole log as JSON lines, oldest first, each with its hash and the one before: a step at a time."""
    previous = NOTHING_BEFORE
    async for rows in _steps(store):
        lines = await asyncio.to_thread(_lines, rows, previous)
        previous = bytes(rows[-1][10])
        yield lines


async def verify(store: "Store") -> Verdict:
    """Walk the chain from the first row, off the event loop, up to the first row that is not what was written."""
    previous, count = NOTHING_BEFORE, 0
    async for rows in _steps(store):
        broken = await asyncio.to_thread(_first_broken, rows, previous, count)
        if broken is not None:
            return Verdict(False, count + len(rows), broken, previous.hex())
        count += len(rows)
        previous = bytes(rows[-1][10])
    return Verdict(True, count, None, previous.hex())


def _statement(wanted: Wanted) -> str:
    if wanted.entity is not None and wanted.entity_id is not None:
        return PAGE_OF_OBJECT
    return PAGE if wanted.actor is None else PAGE_OF_ACTOR


async def _steps(store: "Store") -> AsyncIterator[list[tuple[Any, ...]]]:
    """Yield the rows in steps; between two the reader is given back, as rows never change."""
    last = -_BEYOND
    while True:
        async with store.read() as reader:
            rows = [tuple(row) for row in await reader.execute_fetchall(AFTER, (last, _STEP))]
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _lines(rows: Sequence[tuple[Any, ...]], previous: bytes) -> bytes:
    lines = []
    for row in rows:
        digest = bytes(row[10])
        head = f'{{"hash":"{digest.hex()}","previous":"{previous.hex()}","row":'
        lines.append(head.encode() + written(row) + b"}\n")
        previous = digest
    return b"".join(lines)


def _first_broken(rows: Sequence[tuple[Any, ...]], previous: bytes, count: int) -> int | None:
    """Return the id of the first row that is missing, or is not as it was written."""
    for number, row in enumerate(rows, count + 1):
        digest = row[10]
        if row[0] != number or not _is_whole(row) or digest != _hash(previous, written(row)):
            return int(row[0])
        previous = digest
    return None


def _is_whole(row: Sequence[Any]) -> bool:
    """Return whether a row that somebody may have tampered with can be written at all."""
    try:
        written(row)
        for side in row[8:10]:
            if side is not None:
                columns.from_json(side)
    except (TypeError, ValueError, OverflowError, OSError, msgspec.MsgspecError):
        return False
    return isinstance(row[10], bytes)


def _hash(previous: bytes, text: bytes) -> bytes:
    return sha256(previous.hex().encode() + text).digest()


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(
        id=row[0],
        at=from_ms(row[1]),
        actor=row[2],
        address=row[3],
        action=row[4],
        entity=row[5],
        entity_id=row[6],
        name=row[7],
        before=None if row[8] is None else columns.from_json(row[8]),
        after=None if row[9] is None else columns.from_json(row[9]),
        hash=bytes(row[10]).hex(),
    )
