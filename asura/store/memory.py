"""The results that are not packed yet, as bytes in memory. The tail table is their log."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from asura.domain.packing import BODY_SIZE, KEY, KEY_SIZE, RECORD_SIZE, Notes

# Tells of a key up to which tail row it is packed.
Floor = Callable[[bytes], int]


class Part:
    """The records of one hour, monitor and region that are not packed, and the tail rows they came with."""

    __slots__ = ("body", "floor", "notes", "since", "upto")

    def __init__(self, since: int, floor: int) -> None:
        self.body = bytearray()
        self.notes: Notes = {}
        self.since = since
        self.upto = since
        self.floor = floor


class Open(msgspec.Struct, frozen=True):
    """A copy of one part for a reader."""

    hour: int
    monitor_id: int
    region: int
    body: bytes
    notes: Notes
    upto: int


class Memory:
    """Parts by key. The writer thread changes them, and readers copy what they need."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: dict[bytes, Part] = {}
        self._hours: Counter[int] = Counter()
        self.last_id = 0

    def add(self, tail_id: int, records: bytes, notes: Notes, *, floor: Floor | None = None) -> None:
        """Take over one tail row. At the start `floor` tells of a key up to which tail row it is packed already."""
        parts = self._parts
        with self._lock:
            for index, start in enumerate(range(0, len(records), RECORD_SIZE)):
                key = records[start : start + KEY_SIZE]
                part = parts.get(key)
                if part is None:
                    part = self._begin(key, tail_id, floor(key) if floor else 0)
                if tail_id <= part.floor:
                    continue
                if index in notes:
                    part.notes[len(part.body) // BODY_SIZE] = notes[index]
                part.body += records[start + KEY_SIZE : start + RECORD_SIZE]
                part.upto = tail_id
            self.last_id = tail_id

    def drop_empty(self) -> None:
        """Forget the parts of which everything was packed already."""
        with self._lock:
            for key in [key for key, part in self._parts.items() if not part.body]:
                self._remove(key)

    def copies(self, monitor_id: int, regions: Iterable[int], *, from_hour: int, to_hour: int) -> list[Open]:
        """Return copies of a monitor's parts, hours inclusive, oldest first."""
        found = []
        numbers = list(regions)
        with self._lock:
            for hour in sorted(hour for hour in self._hours if from_hour <= hour <= to_hour):
                for region in numbers:
                    part = self._parts.get(KEY.pack(hour, monitor_id, region))
                    if part is not None:
                        found.append(Open(hour, monitor_id, region, bytes(part.body), dict(part.notes), part.upto))
        return found

    def part(self, key: bytes) -> Part | None:
        """Return the part of a key."""
        return self._parts.get(key)

    def sorted_keys(self, *, before_hour: int | None = None) -> list[bytes]:
        """Return the keys in order; only those of the hours before one, when it is given."""
        with self._lock:
            keys = list(self._parts)
        limit = None if before_hour is None else KEY.pack(max(0, before_hour), 0, 0)
        return sorted(key for key in keys if limit is None or key < limit)

    def drop(self, key: bytes, *, length: int, upto: int) -> None:
        """Forget the first `length` bytes of a part, which came up to tail row `upto`; what came later stays."""
        with self._lock:
            part = self._parts.get(key)
            if part is None:
                return
            if len(part.body) <= length:
                self._remove(key)
                return
            gone = length // BODY_SIZE
            part.body = part.body[length:]
            part.notes = {index - gone: text for index, text in part.notes.items() if index >= gone}
            part.since = upto + 1

    def forget(self, monitor_id: int) -> None:
        """Forget all parts of a monitor."""
        with self._lock:
            for key in [key for key in self._parts if KEY.unpack(key)[1] == monitor_id]:
                self._remove(key)

    def first_tail_id(self) -> int:
        """Return the oldest tail row that is still needed."""
        with self._lock:
            return min((part.since for part in self._parts.values()), default=self.last_id)

    def first_hour(self) -> int | None:
        """Return the oldest hour of which anything is held."""
        with self._lock:
            return min(self._hours, default=None)

    def held(self) -> int:
        """Return how many results are held."""
        with self._lock:
            return sum(len(part.body) for part in self._parts.values()) // BODY_SIZE

    def _begin(self, key: bytes, tail_id: int, floor: int) -> Part:
        part = self._parts[key] = Part(tail_id, floor)
        self._hours[KEY.unpack(key)[0]] += 1
        return part

    def _remove(self, key: bytes) -> None:
        del self._parts[key]
        hour = KEY.unpack(key)[0]
        self._hours[hour] -= 1
        if not self._hours[hour]:
            del self._hours[hour]
