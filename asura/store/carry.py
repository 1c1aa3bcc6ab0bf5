"""The last packed results of each monitor and region: they outlive the tail, so that streaks outlive a restart."""

import sqlite3
import struct

import msgspec

from asura.domain import packing
from asura.domain.packing import BODY_SIZE, Notes
from asura.store import row_ids

GET = "SELECT records, notes FROM carry WHERE id = ?"
PUT = (
    "INSERT INTO carry (id, records, notes) VALUES (?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET records = excluded.records, notes = excluded.notes"
)
ALL = "SELECT id, records, notes FROM carry"
KEEP = 20
_HOUR = struct.Struct(">I")
# Hour, then body: the bytes of the hour and of the offset that follows it sort by time.
SIZE = _HOUR.size + BODY_SIZE
_TIME = _HOUR.size + 4

Held = tuple[bytes, Notes]


def load_all(db: sqlite3.Connection) -> dict[int, Held]:
    """Return what is carried, by monitor and region as one row id."""
    return {row: (_records(raw), _notes(notes)) for row, raw, notes in db.execute(ALL)}


def add(db: sqlite3.Connection, key: tuple[int, int, int], part: tuple[bytes, Notes]) -> None:
    """Carry the last of a part that is being packed; the key is hour, monitor and region."""
    hour, monitor_id, region = key
    row = row_ids.series_id(monitor_id, region)
    found = db.execute(GET, (row,)).fetchone()
    held = None if found is None else (_records(found[0]), _notes(found[1]))
    records, notes = with_part(held, hour, part, keep=KEEP)
    db.execute(PUT, (row, packing.squeeze(records, size=SIZE), msgspec.msgpack.encode(notes) if notes else None))


def with_part(held: Held | None, hour: int, part: tuple[bytes, Notes], *, keep: int) -> Held:
    """Return what is held and a part as one, the newest `keep` of it, oldest first."""
    body, notes = part
    start = max(0, len(body) // BODY_SIZE - keep)
    prefix = _HOUR.pack(hour)
    rows = [] if held is None else _rows(held)
    before = rows[-1][0][:_TIME] if rows else b""
    for index in range(start, len(body) // BODY_SIZE):
        rows.append((prefix + body[index * BODY_SIZE : (index + 1) * BODY_SIZE], notes.get(index)))
    if any(rows[i][0][:_TIME] < rows[i - 1][0][:_TIME] for i in range(1, len(rows))) or before > prefix:
        rows.sort(key=lambda row: row[0][:_TIME])
    return _held(rows[-keep:])


def last_hour(held: Held | None) -> int:
    """Return the hour of the newest result that is held; -1 when nothing is."""
    if held is None or not held[0]:
        return -1
    return int(_HOUR.unpack_from(held[0], len(held[0]) - SIZE)[0])


def newest(held: Held, count: int) -> Held:
    """Return the newest `count` of what is held."""
    return _held(_rows(held)[-count:]) if len(held[0]) > count * SIZE else held


def by_hour(held: Held) -> list[tuple[int, bytes, Notes]]:
    """Return what is held as (hour, body, notes), oldest first."""
    found: list[tuple[int, bytearray, Notes]] = []
    for record, note in _rows(held):
        hour = _HOUR.unpack_from(record)[0]
        if not found or found[-1][0] != hour:
            found.append((hour, bytearray(), {}))
        _, body, notes = found[-1]
        if note is not None:
            notes[len(body) // BODY_SIZE] = note
        body += record[_HOUR.size :]
    return [(hour, bytes(body), notes) for hour, body, notes in found]


def _rows(held: Held) -> list[tuple[bytes, str | None]]:
    records, notes = held
    return [(records[index * SIZE : (index + 1) * SIZE], notes.get(index)) for index in range(len(records) // SIZE)]


def _held(rows: list[tuple[bytes, str | None]]) -> Held:
    return b"".join(row[0] for row in rows), {index: row[1] for index, row in enumerate(rows) if row[1] is not None}


def _records(raw: bytes) -> bytes:
    return packing.unsqueeze(raw, size=SIZE)


def _notes(raw: bytes | None) -> Notes:
    return msgspec.msgpack.decode(raw, type=dict[int, str]) if raw else {}
