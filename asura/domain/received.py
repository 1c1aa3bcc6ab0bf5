"""Which batches of one process were taken: their numbers, as ranges, so that none is taken twice.

Batches come in any order and more than once, and most numbers come in the end: a few ranges tell of all of them.
"""

from bisect import bisect_right
from itertools import pairwise

import msgspec

# Ranges that are kept of one process. A gap is left by each time that a probe had to give results up.
MOST_RANGES = 256

Range = tuple[int, int]


class Received(msgspec.Struct, frozen=True):
    """The numbers that were taken: ranges with both ends in them, in order, with a gap between each two."""

    ranges: tuple[Range, ...] = ()

    def __contains__(self, seq: int) -> bool:
        place = bisect_right(self.ranges, seq, key=_first)
        return place > 0 and seq <= self.ranges[place - 1][1]


NOTHING = Received()


def take(received: Received, seq: int) -> tuple[Received, bool]:
    """Return what was taken with one more number, and whether it is taken for the first time.

    With more than `MOST_RANGES` ranges the oldest gap is closed: what is missing in it counts as taken. That is the
    safe side. A batch that still comes for it is hours old and history at most, so its loss is a hole in an old chart;
    taken twice it would count checks twice. Whoever sends it is told that it is known, and does not try for ever.
    """
    ranges = received.ranges
    place = bisect_right(ranges, seq, key=_first)
    before = ranges[place - 1] if place else None
    if before is not None and seq <= before[1]:
        return received, False
    first, last, low, high = seq, seq, place, place
    if before is not None and before[1] == seq - 1:
        first, low = before[0], place - 1
    if place < len(ranges) and ranges[place][0] == seq + 1:
        last, high = ranges[place][1], place + 1
    return Received(_bounded((*ranges[:low], (first, last), *ranges[high:]))), True


def encode(received: Received) -> bytes:
    """Return the ranges as the store keeps them: a JSON array of the first and last number of each."""
    return msgspec.json.encode([end for pair in received.ranges for end in pair])


def decode(stored: bytes) -> Received:
    """Return what `encode` wrote; raises ValueError for anything else."""
    ends = msgspec.json.decode(stored, type=list[int])
    if len(ends) % 2:
        raise ValueError("a range has no end")
    ranges = tuple(zip(ends[::2], ends[1::2], strict=True))
    if any(first > last for first, last in ranges):
        raise ValueError("a range ends before it begins")
    if any(later[0] <= earlier[1] + 1 for earlier, later in pairwise(ranges)):
        raise ValueError("ranges touch, or are out of order")
    return Received(_bounded(ranges))


def _first(pair: Range) -> int:
    return pair[0]


def _bounded(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    if len(ranges) <= MOST_RANGES:
        return ranges
    surplus = len(ranges) - MOST_RANGES
    return ((ranges[0][0], ranges[surplus][1]), *ranges[surplus + 1 :])
