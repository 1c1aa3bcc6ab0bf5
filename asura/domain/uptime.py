"""Uptime from spans: seconds in each state, the ratio, and the strip of the last day."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from asura.domain.span import Span, clip
from asura.domain.status import BAD, GOOD, LETTERS, Status

NO_DATA = "no_data"
STRIP_CELLS = 60
STRIP_LENGTH = timedelta(hours=24)
_MICROSECOND = timedelta(microseconds=1)
_GRID = 1 << 20
_GOOD, _BAD = ([status.value for status in some] for some in (GOOD, BAD))
# The worst that happened in a cell is what its reader must see.
_NOTABLE = (
    Status.DOWN,
    Status.UNREACHABLE,
    Status.DEGRADED,
    Status.LATE,
    Status.UNKNOWN,
    Status.MAINTENANCE,
    Status.PAUSED,
    Status.UP,
    Status.PENDING,
)
_RANK = {status: rank for rank, status in enumerate(_NOTABLE)}


def seconds(spans: Iterable[Span], from_at: datetime, to_at: datetime) -> dict[str, float]:
    """Return the seconds in each state, and in `no_data`; they sum to `to_at - from_at` exactly.

    The spans must be those of one monitor and region, and not overlap.
    """
    lengths: dict[str, int] = {}
    for span in clip(spans, from_at, to_at):
        length = ((span.to_at or to_at) - span.from_at) // _MICROSECOND
        lengths[span.status.value] = lengths.get(span.status.value, 0) + length
    rest = (to_at - from_at) // _MICROSECOND - sum(lengths.values())
    if rest:
        lengths[NO_DATA] = rest
    return _exact(lengths, (to_at - from_at).total_seconds())


def ratio(lengths: Mapping[str, float]) -> float | None:
    """Return (up + degraded + late) / (the same + down + unreachable); None when nothing of it was seen."""
    good = sum([lengths.get(name, 0.0) for name in _GOOD])
    bad = sum([lengths.get(name, 0.0) for name in _BAD])
    return good / (good + bad) if good + bad > 0 else None


def strip(spans: Iterable[Span], now: datetime) -> str:
    """Return the last 24 hours as 60 letters, oldest first: the most notable state of each 24 minutes."""
    start = now - STRIP_LENGTH
    cell = STRIP_LENGTH / STRIP_CELLS
    best: list[Status | None] = [None] * STRIP_CELLS
    for span in clip(spans, start, now):
        first = (span.from_at - start) // cell
        last = min(STRIP_CELLS - 1, ((span.to_at or now) - start - _MICROSECOND) // cell)
        for index in range(first, last + 1):
            before = best[index]
            if before is None or _RANK[span.status] < _RANK[before]:
                best[index] = span.status
    return "".join("." if status is None else LETTERS[status] for status in best)


def worst(spans: Iterable[Span], from_at: datetime, to_at: datetime) -> Status | None:
    """Return the most notable state inside a window; None when nothing is known of it."""
    return min((span.status for span in clip(spans, from_at, to_at)), key=_RANK.__getitem__, default=None)


def _exact(lengths: Mapping[str, int], total: float) -> dict[str, float]:
    """Return microseconds as seconds whose sum, as floats and in any order, is the total.

    All but the longest are whole multiples of 2^-20 s, the longest is the rest: no partial sum has to be rounded.
    """
    found = {name: round(length * _GRID / 1_000_000) / _GRID for name, length in lengths.items()}
    if found:
        longest = max(lengths, key=lengths.__getitem__)
        found[longest] = total - sum(length for name, length in found.items() if name != longest)
    return found
