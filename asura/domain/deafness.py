"""Stretches in which no ping could reach us: every deadline moves by as much of them as lies before it."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from asura.domain.span import Gap

_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING = timedelta(0)


class Deafness:
    """Stretches by their begin, without overlap; the last may be open."""

    def __init__(self, gaps: Iterable[Gap] = ()) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted((gap.from_at, gap.to_at or _NEVER) for gap in gaps):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif start < end:
                self._starts.append(start)
                self._ends.append(end)

    def push(self, from_at: datetime, at: datetime) -> datetime | None:
        """Return the deadline `at` of a wait that began at `from_at`, moved; None while we hear nothing at it."""
        ends = self._ends
        if not ends or ends[-1] <= from_at:
            return at
        for index in range(bisect_left(ends, from_at), len(ends)):
            start = max(self._starts[index], from_at)
            if start > at:
                break
            if ends[index] is _NEVER:
                return None
            at += max(ends[index] - start, _NOTHING)
        return at
