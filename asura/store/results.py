"""Results: appended to the tail and kept in memory for the open hour, packed when the hour is over, read from both."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from asura.domain import packing
from asura.domain.packing import BODY_SIZE, KEY, RECORD_SIZE, Notes
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.status import Finding
from asura.store import carry, row_ids
from asura.store.history import page as page
from asura.store.memory import Memory, Open
from asura.store.pack import Packer
from asura.store.sparkline import sparkline as sparkline
from asura.store.words import Words

APPEND = "INSERT INTO tail (records, notes) VALUES (?, ?)"
REPLAY = "SELECT id, records, notes FROM tail ORDER BY id"
PACKED_UPTO = "SELECT upto FROM blobs WHERE id = ?"
MONITOR_IDS = "SELECT id FROM monitors"
_GONE = 1 << 62


class Results:
    """The results that are not packed yet, and the way of all others into the database."""

    def __init__(self, after_commit: Callable[[Callable[[], None]], None]) -> None:
        self._after_commit = after_commit
        self._memory = Memory()
        self._regions = Words("region", after_commit, limit=row_ids.REGIONS)
        self._reasons = Words("reason", after_commit, limit=1 << 16)
        self._reason_of: dict[int, Reason] = {}
        self._gone: set[int] = set()
        self._packer = Packer(self._memory, after_commit)
        self.appended = 0

    def append(self, db: sqlite3.Connection, results: Sequence[Result]) -> None:
        """Store a batch as one tail row, and remember it once it is committed; what was forgotten is left out."""
        wanted = [result for result in results if result.monitor_id not in self._gone]
        if not wanted:
            return
        records = b"".join([self._record(db, result) for result in wanted])
        notes = {
            index: packing.text_of(result.message)
            for index, result in enumerate(wanted)
            if result.message and result.finding is not Finding.UP
        }
        # Not AUTOINCREMENT, which writes one more page a batch: the last row is never deleted, so ids only grow.
        row = (packing.squeeze(records), msgspec.msgpack.encode(notes) if notes else None)
        tail_id = int(db.execute(APPEND, row).lastrowid or 0)
        self._after_commit(lambda: self._remember(tail_id, records, notes))

    def load(self, db: sqlite3.Connection, *, last: int = 20) -> list[Result]:
        """Replay the tail into memory, and return of each monitor and region the last results, oldest first."""
        self._regions.load(db)
        self._reasons.load(db)
        self._memory = Memory()
        self._packer = Packer(self._memory, self._after_commit)
        monitors = {int(row[0]) for row in db.execute(MONITOR_IDS)}
        for tail_id, records, notes in db.execute(REPLAY):
            self._memory.add(
                tail_id, packing.unsqueeze(records), _notes(notes), floor=lambda key: _floor(db, monitors, key)
            )
        self._memory.drop_empty()
        return self._last(db, monitors, last)

    def pack(self, db: sqlite3.Connection, now: datetime, *, limit: int = 60) -> bool:
        """Pack up to `limit` parts of closed hours; return whether there is more to do."""
        return self._packer.pack(db, now, limit=limit)

    def forget(self, db: sqlite3.Connection, monitor_id: int) -> None:
        """Drop a deleted monitor's results from memory after the commit; later ones are not stored any more."""

        def drop() -> None:
            self._gone.add(monitor_id)
            self._memory.forget(monitor_id)

        self._after_commit(drop)

    def held(self) -> int:
        """Return how many results are in memory."""
        return self._memory.held()

    def first_hour(self) -> int | None:
        """Return the oldest hour of which results are in memory."""
        return self._memory.first_hour()

    def unpacked(self, monitor_id: int, region: str | None, *, from_hour: int, to_hour: int) -> list[Open]:
        """Return copies of what is not packed of a monitor. Take them before the read transaction begins."""
        return self._memory.copies(monitor_id, self.region_numbers(region), from_hour=from_hour, to_hour=to_hour)

    def region_numbers(self, region: str | None) -> list[int]:
        """Return the numbers of one region, or of all when None."""
        if region is None:
            return self._regions.numbers()
        number = self._regions.find(region)
        return [] if number is None else [number]

    def numbers(self, db: sqlite3.Connection, region: str, reason: Reason) -> tuple[int, int]:
        """Return the numbers that stand for a region and a reason in records; those that are new are added."""
        return self._regions.number(db, region), self._reasons.number(db, reason.value)

    def region_name(self, number: int) -> str:
        """Return the region of a number."""
        return self._regions.word(number)

    def decode(self, key: tuple[int, int, int], body: bytes, notes: Notes) -> list[Result]:
        """Return the results of a body; the key is hour, monitor and the number of the region."""
        self._know_reasons()
        hour, monitor_id, region = key
        return packing.results(
            (hour, monitor_id, self._regions.word(region)), body, notes=notes, reasons=self._reason_of
        )

    def _record(self, db: sqlite3.Connection, result: Result) -> bytes:
        if not 0 < result.monitor_id < row_ids.MONITORS or not 0 <= result.at.timestamp() < row_ids.TIMES * 3600:
            raise ValueError(f"a result that cannot be stored: monitor {result.monitor_id} at {result.at}")
        return packing.record(
            result, region=self._regions.number(db, result.region), reason=self._reasons.number(db, result.reason.value)
        )

    def _remember(self, tail_id: int, records: bytes, notes: Notes) -> None:
        self._memory.add(tail_id, records, notes)
        self.appended += len(records) // RECORD_SIZE

    def _last(self, db: sqlite3.Connection, monitors: set[int], count: int) -> list[Result]:
        """Return the last results of each monitor and region, from what was carried over and from memory."""
        recent = {row: held for row, held in carry.load_all(db).items() if row_ids.monitor_of(row) in monitors}
        found: list[Result] = []
        newest: dict[int, tuple[int, bytes, Notes]] = {}
        for key in self._memory.sorted_keys():
            hour, monitor_id, region = KEY.unpack(key)
            part = self._memory.part(key)
            if part is None:
                continue
            row = row_ids.series_id(monitor_id, region)
            if row in newest:
                before, body, notes = newest[row]
                recent[row] = carry.with_part(recent.get(row), before, (body, notes), keep=count)
            newest[row] = (hour, *packing.in_order(bytes(part.body), part.notes))
        for row, (hour, body, notes) in newest.items():
            if len(body) >= count * BODY_SIZE and carry.last_hour(recent.get(row)) < hour:
                # Mostly the open hour alone holds enough.
                found += self._decode_last(row, hour, (body, notes), count)
                recent.pop(row, None)
            else:
                recent[row] = carry.with_part(recent.get(row), hour, (body, notes), keep=count)
        for row, held in recent.items():
            for hour, body, notes in carry.by_hour(carry.newest(held, count)):
                found += self.decode((hour, row_ids.monitor_of(row), row_ids.region_of(row)), body, notes)
        return found

    def _decode_last(self, row: int, hour: int, part: tuple[bytes, Notes], count: int) -> list[Result]:
        body, notes = part
        first = len(body) // BODY_SIZE - count
        kept = {index - first: text for index, text in notes.items() if index >= first}
        key = (hour, row_ids.monitor_of(row), row_ids.region_of(row))
        return self.decode(key, body[first * BODY_SIZE :], kept)

    def _know_reasons(self) -> None:
        for number in self._reasons.numbers():
            if number not in self._reason_of:
                self._reason_of[number] = Reason(self._reasons.word(number))


def _notes(raw: bytes | None) -> Notes:
    return msgspec.msgpack.decode(raw, type=dict[int, str]) if raw else {}


def _floor(db: sqlite3.Connection, monitors: set[int], key: bytes) -> int:
    """Return the last tail row that was packed for a key; beyond every row when the monitor is gone."""
    hour, monitor_id, region = KEY.unpack(key)
    if monitor_id not in monitors:
        return _GONE
    row = db.execute(PACKED_UPTO, (row_ids.row_id(hour, monitor_id, region),)).fetchone()
    return 0 if row is None else int(row[0])
